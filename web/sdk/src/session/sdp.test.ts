import { describe, expect, it } from "vitest";
import { withOpusDtx, withStartBitrate } from "./sdp.ts";

const answer = [
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
  "",
].join("\r\n");

describe("withOpusDtx", () => {
  it("asks for silence not to be sent, in Opus only", () => {
    expect(withOpusDtx(answer)).toBe(answer.replace("useinbandfec=1", "useinbandfec=1;usedtx=1"));
  });

  it("leaves what the server already says", () => {
    const said = answer.replace("useinbandfec=1", "usedtx=0");
    expect(withOpusDtx(said)).toBe(said);
  });
});

describe("withStartBitrate", () => {
  const video = (direction: string, ...lines: string[]) =>
    [
      "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
      "a=rtpmap:96 VP8/90000",
      ...lines,
      `a=${direction}`,
      "",
    ].join("\r\n");
  const audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=recvonly\r\n";

  it("names the rate to the first codec of what is sent, and to nothing else", () => {
    const slot = video("sendonly");
    expect(withStartBitrate(`v=0\r\n${audio}${video("recvonly")}${slot}`, 1200)).toBe(
      `v=0\r\n${audio}${video("recvonly").replace(
        "VP8/90000\r\n",
        "VP8/90000\r\na=fmtp:96 x-google-start-bitrate=1200\r\n",
      )}${slot}`,
    );
  });

  it("keeps the parameters that are there", () => {
    expect(withStartBitrate(video("recvonly", "a=fmtp:96 profile-id=0"), 900)).toBe(
      video("recvonly", "a=fmtp:96 profile-id=0;x-google-start-bitrate=900"),
    );
  });
});
