// RTP packets (RFC 3550 section 5.1) and their header extensions (RFC 8285). On the packet path:
// nothing here allocates, and what is parsed is a view into the bytes that were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_writer.h"

namespace conclave::wire {

inline constexpr size_t kRtpFixedHeaderBytes = 12;
inline constexpr size_t kRtpCsrcsMax = 15;
// RFC 8285 section 4.2 and 4.3: the "defined by profile" values of the two forms.
inline constexpr uint16_t kOneByteExtensionProfile = 0xBEDE;
inline constexpr uint16_t kTwoByteExtensionProfile = 0x1000;
// Id 15 is reserved in the one-byte form, so 14 is the largest id that costs one byte.
inline constexpr uint8_t kOneByteExtensionIdMax = 14;

// The CSRC list: a view that decodes on access.
class RtpCsrcs {
 public:
  RtpCsrcs() = default;
  explicit RtpCsrcs(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  size_t size() const { return bytes_.size() / 4; }
  bool empty() const { return bytes_.empty(); }
  // Requires index < size().
  uint32_t operator[](size_t index) const;

 private:
  std::span<const uint8_t> bytes_;
};

struct RtpPacket {
  bool marker = false;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  RtpCsrcs csrcs;
  // Meaningful only where has_extensions. The bytes are without the four of profile and length.
  bool has_extensions = false;
  uint16_t extension_profile = 0;
  std::span<const uint8_t> extensions;
  // Without padding. Empty in a padding-only packet.
  std::span<const uint8_t> payload;
  // Of the padding at the packet's end, its count byte included.
  uint8_t padding_bytes = 0;
  // Fixed header, CSRCs and extensions: where the payload begins.
  size_t header_bytes = 0;
};

// The whole of a plaintext packet. Rejects a padding count of zero or of more than the payload.
std::optional<RtpPacket> ParseRtp(std::span<const uint8_t> bytes);

// The header alone, of an SRTP packet: the payload (with tag and all) is left as it is, and the
// padding, which SRTP encrypts, is not looked at (padding_bytes is 0).
std::optional<RtpPacket> ParseRtpHeader(std::span<const uint8_t> bytes);

// One header extension element: id 1..255 (1..14 in the one-byte form) and its bytes.
struct RtpExtension {
  uint8_t id = 0;
  std::span<const uint8_t> value{};
};

// Walks the elements of either form: `for (auto e = it.Next(); e; e = it.Next())`. Ends quietly at
// the first malformed element and at id 15 of the one-byte form (RFC 8285 section 4.2).
class RtpExtensionIterator {
 public:
  explicit RtpExtensionIterator(const RtpPacket& packet);
  std::optional<RtpExtension> Next();

 private:
  enum class Form : uint8_t { kNone, kOneByte, kTwoByte };
  Form form_;
  std::span<const uint8_t> rest_;
};

// The value of the first element with this id; nullopt where there is none. Id 0 never matches.
std::optional<std::span<const uint8_t>> FindExtension(const RtpPacket& packet, uint8_t id);

// What WriteRtpHeader writes. The spans need to live only for the call.
struct RtpHeader {
  bool marker = false;
  // Sets the P bit; the padding itself is written after the payload with WriteRtpPadding.
  bool padding = false;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  std::span<const uint32_t> csrcs{};
  std::span<const RtpExtension> extensions{};
};

// Writes in the one-byte form where every id is <= 14 and every value 1..16 bytes, else in the
// two-byte form; padded to a multiple of four; no extension block where there are none. Overflow is
// told by out.ok(). Requires <= 15 CSRCs, a payload type <= 127, ids >= 1, values <= 255 bytes.
void WriteRtpHeader(const RtpHeader& header, ByteWriter& out);

// The size that WriteRtpHeader will write.
size_t RtpHeaderBytes(const RtpHeader& header);

// `count` bytes of padding, the last of which says so (RFC 3550 section 5.1). Zero writes nothing.
void WriteRtpPadding(uint8_t count, ByteWriter& out);

}  // namespace conclave::wire
