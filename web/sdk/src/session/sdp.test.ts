import { describe, expect, it } from "vitest";
import { withOpusDtx } from "./sdp.ts";

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
