#include "transport/srtp.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/prefetch.h"

namespace conclave::transport {
namespace {

constexpr size_t kRtpFixedHeaderBytes = 12;
// RFC 3711 section 3.4: the first 8 bytes of a compound RTCP packet stay in clear.
constexpr size_t kRtcpClearBytes = 8;
constexpr size_t kRtcpIndexBytes = 4;
constexpr uint32_t kRtcpEncrypted = 0x8000'0000;
// RFC 3711 section 9.2: a master key protects at most 2^31 SRTCP packets.
constexpr uint32_t kRtcpIndexMax = 0x7fff'ffff;
// RFC 3711 section 3.3.1: a 32-bit rollover counter before a 16-bit sequence number.
constexpr int64_t kIndexMax = (int64_t{1} << 48) - 1;

// The key schedule, and what GCM multiplies by.
constexpr size_t kPrefetchedKeyBytes = 640;

uint16_t Load16(const uint8_t* bytes) { return static_cast<uint16_t>(bytes[0] << 8 | bytes[1]); }

uint32_t Load32(const uint8_t* bytes) {
  return static_cast<uint32_t>(Load16(bytes)) << 16 | Load16(bytes + 2);
}

std::array<uint8_t, 4> Bytes32(uint32_t value) {
  return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
          static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
}

std::array<uint8_t, 4> Rollover(uint64_t index) {
  return Bytes32(static_cast<uint32_t>(index >> 16));
}

// RFC 3711 section 3.3.1 and appendix A: the index nearest to the highest one seen. Nothing where
// that would lie before the first rollover period or behind the last.
std::optional<uint64_t> EstimateIndex(std::optional<uint64_t> highest_seen, uint16_t sequence) {
  if (!highest_seen) return sequence;
  const auto highest = static_cast<int64_t>(*highest_seen);
  const auto delta = static_cast<int16_t>(static_cast<uint16_t>(sequence - highest));
  const int64_t index = highest + delta;
  if (index < 0 || index > kIndexMax) return std::nullopt;
  return static_cast<uint64_t>(index);
}

std::optional<uint64_t> Highest(const ReplayWindow& window) {
  if (window.empty()) return std::nullopt;
  return window.highest();
}

void CopyUnlessInPlace(std::span<const uint8_t> from, uint8_t* to) {
  if (from.data() != to && !from.empty()) std::memcpy(to, from.data(), from.size());
}

}  // namespace

std::optional<size_t> RtpHeaderBytes(std::span<const uint8_t> packet) {
  if (packet.size() < kRtpFixedHeaderBytes || packet[0] >> 6 != 2) return std::nullopt;
  size_t size = kRtpFixedHeaderBytes + 4 * size_t{packet[0] & 0x0fu};
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < size + 4) return std::nullopt;
    size += 4 + 4 * size_t{Load16(packet.data() + size + 2)};
  }
  if (packet.size() < size) return std::nullopt;
  return size;
}

SrtpDirection::SrtpDirection(SrtpEngine& engine, const SrtpMasterKey& master, SrtpStream which)
    : profile(master.profile), stream(which) {
  const SrtpSessionKey session = DeriveSessionKey(master, stream);
  const SrtpProfileSizes sizes = SizesOf(profile);
  std::ranges::copy(session.salt, salt.begin());
  cipher = engine.MakeCipher(profile, std::span(session.key).first(sizes.key),
                             std::span(session.auth_key).first(sizes.auth_key));
}

SrtpIv SrtpDirection::Iv(uint32_t ssrc, uint64_t index) const {
  // AES-CM has the SSRC in bytes 4..7 and the index in 8..13; GCM the same two bytes earlier.
  const size_t at = IsAead(profile) ? 2 : 4;
  SrtpIv iv{};
  const std::array<uint8_t, 4> source = Bytes32(ssrc);
  const std::array<uint8_t, 4> high = Bytes32(static_cast<uint32_t>(index >> 16));
  std::memcpy(iv.data() + at, source.data(), 4);
  std::memcpy(iv.data() + at + 4, high.data(), 4);
  iv[at + 8] = static_cast<uint8_t>(index >> 8);
  iv[at + 9] = static_cast<uint8_t>(index);
  // In two words: this runs once for every packet and receiver.
  for (size_t i = 0; i < iv.size(); i += sizeof(uint64_t)) {
    uint64_t word;
    uint64_t mask;
    std::memcpy(&word, iv.data() + i, sizeof(word));
    std::memcpy(&mask, salt.data() + i, sizeof(mask));
    word ^= mask;
    std::memcpy(iv.data() + i, &word, sizeof(word));
  }
  return iv;
}

SrtpSender::SrtpSender(SrtpEngine& engine, const SrtpMasterKey& master)
    : engine_(engine),
      session_(engine.NextSession()),
      rtp_(engine, master, SrtpStream::kRtp),
      rtcp_(engine, master, SrtpStream::kRtcp),
      sent_(kMaxSsrcs) {}

std::optional<size_t> SrtpSender::ProtectRtp(std::span<const uint8_t> header,
                                             std::span<const uint8_t> payload,
                                             std::span<uint8_t> dst) {
  CHECK(RtpHeaderBytes(header) == header.size());
  const uint32_t ssrc = Load32(header.data() + 8);
  ReplayWindow* window = sent_.Find(ssrc);
  if (window == nullptr) window = sent_.Insert(ssrc);
  if (window == nullptr) return std::nullopt;
  const std::optional<uint64_t> index = EstimateIndex(Highest(*window), Load16(header.data() + 2));
  if (!index) return std::nullopt;
  // Decisions 25: a second encryption under the same index would give the key stream away.
  CHECK(!window->Seen(*index));
  window->Mark(*index);
  return Seal(ssrc, *index, header, payload, dst);
}

std::optional<size_t> SrtpSender::RepeatRtp(std::span<const uint8_t> header,
                                            std::span<const uint8_t> payload,
                                            std::span<uint8_t> dst) {
  CHECK(RtpHeaderBytes(header) == header.size());
  const uint32_t ssrc = Load32(header.data() + 8);
  const ReplayWindow* window = sent_.Find(ssrc);
  if (window == nullptr) return std::nullopt;
  const std::optional<uint64_t> index = EstimateIndex(Highest(*window), Load16(header.data() + 2));
  if (!index) return std::nullopt;
  CHECK(window->Seen(*index));
  return Seal(ssrc, *index, header, payload, dst);
}

void SrtpSender::PrefetchForProtecting(int step) const {
  if (step > 0) return;
  sent_.PrefetchLast();
  Prefetch(rtp_.cipher.get(), kPrefetchedKeyBytes);
}

size_t SrtpSender::Seal(uint32_t ssrc, uint64_t index, std::span<const uint8_t> header,
                        std::span<const uint8_t> payload, std::span<uint8_t> dst) {
  const size_t tag = SizesOf(rtp_.profile).tag;
  CHECK(header.size() + payload.size() + tag <= dst.size());
  if (engine_.observer() != nullptr) {
    engine_.observer()->OnEncrypt(session_, false, ssrc, index, header, payload);
  }
  CopyUnlessInPlace(header, dst.data());
  const SrtpIv iv = rtp_.Iv(ssrc, index);
  const std::array<uint8_t, 4> rollover = Rollover(index);
  uint8_t* ciphertext = dst.data() + header.size();
  rtp_.cipher->Seal({.iv = iv,
                     .aad = dst.first(header.size()),
                     .plaintext = payload,
                     .trailer = std::span(rollover).first(IsAead(rtp_.profile) ? 0 : 4)},
                    ciphertext, ciphertext + payload.size());
  return header.size() + payload.size() + tag;
}

std::optional<size_t> SrtpSender::ProtectRtcp(std::span<const uint8_t> packet,
                                              std::span<uint8_t> dst) {
  const size_t tag = SizesOf(rtcp_.profile).tag;
  CHECK(packet.size() >= kRtcpClearBytes);
  CHECK(packet.size() + tag + kRtcpIndexBytes <= dst.size());
  if (rtcp_index_ == kRtcpIndexMax) return std::nullopt;
  const uint32_t ssrc = Load32(packet.data() + 4);
  const uint32_t index = ++rtcp_index_;
  const auto header = packet.first(kRtcpClearBytes);
  const auto payload = packet.subspan(kRtcpClearBytes);
  if (engine_.observer() != nullptr) {
    engine_.observer()->OnEncrypt(session_, true, ssrc, index, header, payload);
  }
  CopyUnlessInPlace(header, dst.data());
  const std::array<uint8_t, 4> trailer = Bytes32(kRtcpEncrypted | index);
  const SrtpIv iv = rtcp_.Iv(ssrc, index);
  uint8_t* ciphertext = dst.data() + kRtcpClearBytes;
  uint8_t* end = ciphertext + payload.size();
  if (IsAead(rtcp_.profile)) {
    // RFC 7714 section 9.2: the word with the index is authenticated too, and follows the tag.
    std::array<uint8_t, kRtcpClearBytes + kRtcpIndexBytes> aad;
    std::copy(trailer.begin(), trailer.end(),
              std::copy_n(dst.begin(), kRtcpClearBytes, aad.begin()));
    rtcp_.cipher->Seal({iv, aad, payload, {}}, ciphertext, end);
    std::copy(trailer.begin(), trailer.end(), end + tag);
  } else {
    rtcp_.cipher->Seal({iv, dst.first(kRtcpClearBytes), payload, trailer}, ciphertext,
                       end + kRtcpIndexBytes);
    std::copy(trailer.begin(), trailer.end(), end);
  }
  return packet.size() + tag + kRtcpIndexBytes;
}

SrtpReceiver::SrtpReceiver(SrtpEngine& engine, const SrtpMasterKey& master)
    : rtp_(engine, master, SrtpStream::kRtp),
      rtcp_(engine, master, SrtpStream::kRtcp),
      rtp_seen_(kWindows, kMaxSsrcs),
      rtcp_seen_(kWindows, kMaxSsrcs) {}

std::optional<size_t> SrtpReceiver::UnprotectRtp(std::span<const uint8_t> in,
                                                 std::span<uint8_t> out) {
  CHECK(out.size() >= in.size());
  const size_t tag = SizesOf(rtp_.profile).tag;
  const std::optional<size_t> header = RtpHeaderBytes(in);
  if (!header || in.size() < *header + tag) {
    ++stats_.malformed;
    return std::nullopt;
  }
  const uint32_t ssrc = Load32(in.data() + 8);
  const ReplayTable::Stream stream = rtp_seen_.Find(ssrc);
  const std::optional<uint64_t> index = EstimateIndex(stream.highest(), Load16(in.data() + 2));
  if (!index || stream.Seen(*index)) {
    ++stats_.replay;
    return std::nullopt;
  }
  const auto ciphertext = in.subspan(*header, in.size() - *header - tag);
  const SrtpIv iv = rtp_.Iv(ssrc, *index);
  const std::array<uint8_t, 4> rollover = Rollover(*index);
  const bool authentic =
      rtp_.cipher->Open({.iv = iv,
                         .aad = in.first(*header),
                         .ciphertext = ciphertext,
                         .trailer = std::span(rollover).first(IsAead(rtp_.profile) ? 0 : 4),
                         .tag = in.last(tag)},
                        out.data() + *header);
  if (!authentic) {
    ++stats_.authentication;
    return std::nullopt;
  }
  if (!Accept(rtp_seen_, ssrc, *index)) return std::nullopt;
  CopyUnlessInPlace(in.first(*header), out.data());
  return *header + ciphertext.size();
}

std::optional<size_t> SrtpReceiver::UnprotectRtcp(std::span<const uint8_t> in,
                                                  std::span<uint8_t> out) {
  CHECK(out.size() >= in.size());
  const size_t tag_bytes = SizesOf(rtcp_.profile).tag;
  if (in.size() < kRtcpClearBytes + tag_bytes + kRtcpIndexBytes || in[0] >> 6 != 2) {
    ++stats_.malformed;
    return std::nullopt;
  }
  const bool aead = IsAead(rtcp_.profile);
  const size_t payload_bytes = in.size() - kRtcpClearBytes - tag_bytes - kRtcpIndexBytes;
  const auto ciphertext = in.subspan(kRtcpClearBytes, payload_bytes);
  const auto trailer = aead ? in.last(kRtcpIndexBytes)
                            : in.subspan(kRtcpClearBytes + payload_bytes, kRtcpIndexBytes);
  const auto tag =
      aead ? in.subspan(kRtcpClearBytes + payload_bytes, tag_bytes) : in.last(tag_bytes);
  const uint32_t word = Load32(trailer.data());
  // DTLS-SRTP negotiates encryption for both, so nobody honest sends RTCP in clear.
  if ((word & kRtcpEncrypted) == 0) {
    ++stats_.malformed;
    return std::nullopt;
  }
  const uint32_t ssrc = Load32(in.data() + 4);
  const uint32_t index = word & ~kRtcpEncrypted;
  if (rtcp_seen_.Find(ssrc).Seen(index)) {
    ++stats_.replay;
    return std::nullopt;
  }
  std::array<uint8_t, kRtcpClearBytes + kRtcpIndexBytes> aad;
  std::copy(trailer.begin(), trailer.end(), std::copy_n(in.begin(), kRtcpClearBytes, aad.begin()));
  const SrtpIv iv = rtcp_.Iv(ssrc, index);
  const bool authentic =
      rtcp_.cipher->Open({.iv = iv,
                          .aad = std::span(aad).first(aead ? aad.size() : kRtcpClearBytes),
                          .ciphertext = ciphertext,
                          .trailer = aead ? trailer.first(0) : trailer,
                          .tag = tag},
                         out.data() + kRtcpClearBytes);
  if (!authentic) {
    ++stats_.authentication;
    return std::nullopt;
  }
  if (!Accept(rtcp_seen_, ssrc, index)) return std::nullopt;
  CopyUnlessInPlace(in.first(kRtcpClearBytes), out.data());
  return kRtcpClearBytes + payload_bytes;
}

bool SrtpReceiver::Accept(ReplayTable& table, uint32_t ssrc, uint64_t index) {
  if (table.Mark(ssrc, index)) return true;
  ++stats_.table_full;
  return false;
}

}  // namespace conclave::transport
