// Tests only: small offers in a browser's shape.
#pragma once

#include <string>
#include <vector>

namespace conclave::signal::testing {

struct OfferShape {
  std::string ufrag = "abcd";
  std::string password = "0123456789abcdefghijklmn";
  // First the senders (microphone, simulcast camera), then the slots.
  int audio_senders = 1;
  int video_senders = 1;
  int audio_slots = 4;
  int video_slots = 2;
};

inline std::string TestSection(const std::string& kind, int mid, bool sends,
                               const OfferShape& shape) {
  const bool audio = kind == "audio";
  std::string out = "m=" + kind + " 9 UDP/TLS/RTP/SAVPF " + (audio ? "111 63" : "96 97") + "\r\n";
  out += "c=IN IP4 0.0.0.0\r\na=mid:" + std::to_string(mid) + "\r\n";
  out += "a=ice-ufrag:" + shape.ufrag + "\r\na=ice-pwd:" + shape.password + "\r\n";
  out += "a=fingerprint:sha-256 ";
  for (int i = 0; i < 32; ++i) out += i == 0 ? "AB" : ":AB";
  out += "\r\na=setup:actpass\r\na=rtcp-mux\r\na=rtcp-rsize\r\n";
  out += sends ? "a=sendonly\r\na=msid:- t" + std::to_string(mid) + "\r\n" : "a=recvonly\r\n";
  out += "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
  if (audio) {
    out +=
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
        "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
        "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
    return out;
  }
  out +=
      "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
      "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
      "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n"
      "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
  if (sends) out += "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n";
  return out;
}

inline std::string TestOffer(const OfferShape& shape = {}) {
  std::string sections;
  std::string mids;
  int mid = 0;
  const auto add = [&](const char* kind, int count, bool sends) {
    for (int i = 0; i < count; ++i, ++mid) {
      sections += TestSection(kind, mid, sends, shape);
      mids += " " + std::to_string(mid);
    }
  };
  add("audio", shape.audio_senders, true);
  add("video", shape.video_senders, true);
  add("audio", shape.audio_slots, false);
  add("video", shape.video_slots, false);
  return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE" + mids + "\r\n" +
         sections;
}

}  // namespace conclave::signal::testing
