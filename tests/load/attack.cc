#include "tests/load/attack.h"

#include <array>

#include "base/byte_writer.h"

namespace conclave::load {
namespace {

constexpr size_t kGarbagePerAttack = 4;
// With one attack every 10 ms these are 3,000 a second.
constexpr size_t kFloodPerAttack = 30;
constexpr size_t kPlainBytesMax = 200;
// RFC 7983 section 7: STUN, DTLS, RTP and RTCP.
constexpr std::array<uint8_t, 4> kFirstBytes = {0x00, 0x16, 0x80, 0x81};
constexpr uint32_t kStunMagicCookie = 0x2112a442;

std::vector<uint8_t> RandomBytes(size_t size_bytes, Random& random) {
  std::vector<uint8_t> bytes(size_bytes);
  random.Fill(bytes);
  return bytes;
}

}  // namespace

void AddGarbage(Random& random, Outgoing& out) {
  for (size_t i = 0; i < kGarbagePerAttack; ++i) {
    std::vector<uint8_t> datagram = RandomBytes(1 + random.Next32() % 1400, random);
    datagram[0] = kFirstBytes[random.Next32() % kFirstBytes.size()];
    if (datagram[0] == 0x81 && datagram.size() > 1) {
      datagram[1] = static_cast<uint8_t>(200 + random.Next32() % 8);
    }
    out.Append(datagram);
  }
}

void AddEncryptedGarbage(transport::PeerTransport& transport, uint16_t sequence, uint32_t ssrc,
                         Random& random, Outgoing& out) {
  std::array<uint8_t, 12> header;
  ByteWriter rtp(header);
  rtp.U8(0x80);
  rtp.U8(static_cast<uint8_t>(random.Next32() & 0x7f));
  rtp.U16(sequence);
  rtp.U32(random.Next32());
  rtp.U32(ssrc);
  const auto payload = RandomBytes(random.Next32() % kPlainBytesMax, random);
  if (const auto at = out.Prepare(); !at.empty()) {
    if (const auto size = transport.ProtectRtp(header, payload, at)) out.Commit(*size);
  }
  std::vector<uint8_t> rtcp = RandomBytes(8 + 4 * (random.Next32() % 40), random);
  rtcp[0] = static_cast<uint8_t>(0x80 | (rtcp[0] & 0x1f));
  rtcp[1] = static_cast<uint8_t>(200 + random.Next32() % 8);
  // Half of them have a length that fits, so that what is inside is looked at.
  if (random.Next32() % 2 == 0) {
    rtcp[2] = 0;
    rtcp[3] = static_cast<uint8_t>(rtcp.size() / 4 - 1);
  }
  if (const auto at = out.Prepare(); !at.empty()) {
    if (const auto size = transport.ProtectRtcp(rtcp, at)) out.Commit(*size);
  }
}

void AddFlood(Random& random, Outgoing& out) {
  for (size_t i = 0; i < kFloodPerAttack; ++i) {
    // RFC 8489: a binding request with a user name and a wrong integrity.
    std::vector<uint8_t> datagram = RandomBytes(20 + 4 + 32 + 4 + 20, random);
    ByteWriter stun(datagram);
    stun.U16(0x0001);
    stun.U16(static_cast<uint16_t>(datagram.size() - 20));
    stun.U32(kStunMagicCookie);
    std::vector<uint8_t> rest(12);
    random.Fill(rest);
    stun.Bytes(rest);
    stun.U16(0x0006);
    stun.U16(32);
    const std::string user = random.Text(kIceChars, 16) + ":" + random.Text(kIceChars, 15);
    stun.Bytes({reinterpret_cast<const uint8_t*>(user.data()), user.size()});
    stun.U16(0x0008);
    stun.U16(20);
    out.Append(datagram);
  }
}

std::string MalformedMessage(Random& random) {
  const auto bytes = RandomBytes(1 + random.Next32() % 300, random);
  return {bytes.begin(), bytes.end()};
}

}  // namespace conclave::load
