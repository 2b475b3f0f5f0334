#include "sim/fake_payload.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace conclave::sim {
namespace {

// "CNCL": what is not ours does not decode.
constexpr uint32_t kMagic = 0x434e434c;
constexpr size_t kContentBytes = 16;
constexpr size_t kDescriptorBytes = 6;
// Frame tag, start code and dimensions (RFC 6386 section 9.1).
constexpr size_t kVp8HeaderBytes = 10;
constexpr size_t kAv1HeaderBytes = 2;
constexpr size_t kVp9HeaderBytes = 1;

void WriteContent(const FakeFrame& frame, ByteWriter& out) {
  out.U32(kMagic);
  out.U32(frame.track.value());
  out.U8(frame.layer);
  out.U8(frame.key ? 1 : 0);
  out.U8(frame.packet);
  out.U8(frame.packet_count);
  out.U32(frame.number);
}

std::optional<FakeFrame> ReadContent(ByteReader& in) {
  FakeFrame frame;
  if (in.U32() != kMagic) return std::nullopt;
  frame.track = TrackId(in.U32());
  frame.layer = in.U8();
  frame.key = in.U8() != 0;
  frame.packet = in.U8();
  frame.packet_count = in.U8();
  frame.number = in.U32();
  if (!in.ok()) return std::nullopt;
  return frame;
}

}  // namespace

std::vector<uint8_t> EncodeVp8(const FakeFrame& frame, uint16_t picture_id,
                               uint8_t tl0_picture_index, uint16_t height_px, size_t size_bytes) {
  std::vector<uint8_t> bytes(
      std::max(size_bytes, kDescriptorBytes + kVp8HeaderBytes + kContentBytes));
  ByteWriter out(bytes);
  out.U8(frame.packet == 0 ? 0x90 : 0x80);
  out.U8(0x80 | 0x40 | 0x20);
  out.U16(static_cast<uint16_t>(0x8000 | (picture_id & 0x7fff)));
  out.U8(tl0_picture_index);
  out.U8(0);
  if (frame.packet == 0) {
    out.U8(frame.key ? 0x10 : 0x11);
    out.U16(0);
    if (frame.key) {
      out.U24(0x9d012a);
      // Little-endian: width and height of 16:9.
      const auto width = static_cast<uint16_t>(height_px * 16 / 9);
      out.U8(static_cast<uint8_t>(width));
      out.U8(static_cast<uint8_t>(width >> 8));
      out.U8(static_cast<uint8_t>(height_px));
      out.U8(static_cast<uint8_t>(height_px >> 8));
    }
  }
  WriteContent(frame, out);
  return bytes;
}

std::vector<uint8_t> EncodeAv1(const FakeFrame& frame, size_t size_bytes) {
  std::vector<uint8_t> bytes(std::max(size_bytes, kAv1HeaderBytes + kContentBytes));
  ByteWriter out(bytes);
  const bool continues = frame.packet > 0;
  const bool sequence = frame.key && frame.layer == 0 && !continues;
  const bool more = frame.packet + 1 < frame.packet_count;
  out.U8(static_cast<uint8_t>((continues ? 0x80 : 0) | (more ? 0x40 : 0) | 0x10 |
                              (sequence ? 0x08 : 0)));
  // OBU_FRAME, without extension and size.
  out.U8(6 << 3);
  WriteContent(frame, out);
  return bytes;
}

std::vector<uint8_t> EncodeVp9(const FakeFrame& frame, size_t size_bytes) {
  std::vector<uint8_t> bytes(std::max(size_bytes, kVp9HeaderBytes + kContentBytes));
  ByteWriter out(bytes);
  const bool end = frame.packet + 1 == frame.packet_count;
  out.U8(static_cast<uint8_t>((frame.key ? 0 : 0x40) | (frame.packet == 0 ? 0x08 : 0) |
                              (end ? 0x04 : 0)));
  WriteContent(frame, out);
  return bytes;
}

std::vector<uint8_t> EncodeOpus(const FakeFrame& frame, size_t size_bytes) {
  std::vector<uint8_t> bytes(std::max(size_bytes, 1 + kContentBytes));
  ByteWriter out(bytes);
  // RFC 6716 section 3.1: CELT, full band, 20 ms, mono, one frame.
  out.U8(31 << 3);
  WriteContent(frame, out);
  return bytes;
}

std::optional<DecodedVp8> DecodeVp8(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  DecodedVp8 decoded;
  const bool start = (in.U8() & 0x10) != 0;
  in.Skip(1);
  decoded.picture_id = in.U16() & 0x7fff;
  decoded.tl0_picture_index = in.U8();
  in.Skip(1);
  if (start) {
    const bool key = (in.U8() & 1) == 0;
    in.Skip(2);
    if (key) in.Skip(7);
  }
  const auto frame = ReadContent(in);
  if (!frame) return std::nullopt;
  decoded.frame = *frame;
  return decoded;
}

std::optional<FakeFrame> DecodeAv1(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  in.Skip(kAv1HeaderBytes);
  return ReadContent(in);
}

std::optional<FakeFrame> DecodeVp9(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  in.Skip(kVp9HeaderBytes);
  return ReadContent(in);
}

std::optional<FakeFrame> DecodeOpus(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  in.Skip(1);
  return ReadContent(in);
}

}  // namespace conclave::sim
