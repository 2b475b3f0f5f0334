#include "tests/load/packetizer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/byte_reader.h"

namespace conclave::load {
namespace {

using router::CodecName;

// The frame's part of size / ceil(size / max), as encoders' packetizers share a frame out: packets
// of one frame differ by a byte at most.
std::vector<std::span<const uint8_t>> Share(std::span<const uint8_t> frame) {
  const size_t count = (frame.size() + kFragmentBytesMax - 1) / kFragmentBytesMax;
  std::vector<std::span<const uint8_t>> parts;
  for (size_t i = 0; i < count; ++i) {
    const size_t begin = frame.size() * i / count;
    parts.push_back(frame.subspan(begin, frame.size() * (i + 1) / count - begin));
  }
  return parts;
}

uint8_t TemporalLayer(size_t since_key, size_t layers) {
  constexpr std::array<uint8_t, 4> kThree = {0, 2, 1, 2};
  if (layers == 2) return static_cast<uint8_t>(since_key % 2);
  return layers == 3 ? kThree[since_key % 4] : uint8_t{0};
}

void BeginFrame(bool key, size_t temporal_layers, Clip& clip) {
  size_t since_key = 0;
  for (size_t i = clip.frames.size(); !key && i > 0; --i) {
    ++since_key;
    if (clip.frames[i - 1].key) break;
  }
  clip.frames.push_back({static_cast<uint32_t>(clip.packets.size()), 0, key,
                         TemporalLayer(since_key, temporal_layers)});
}

void AddVp8(std::span<const uint8_t> frame, size_t temporal_layers, Clip& clip) {
  // RFC 6386 section 9.1: the lowest bit of the first byte is clear in a key frame.
  const bool key = (frame[0] & 1) == 0;
  BeginFrame(key, temporal_layers, clip);
  const uint8_t layer = clip.frames.back().temporal_layer;
  for (const auto part : Share(frame)) {
    const bool first = part.data() == frame.data();
    const bool discardable = temporal_layers > 1 && layer + 1U == temporal_layers;
    // X, N, S; then I (with L and T where there are layers); then 15 bits of picture id.
    std::vector<uint8_t> head = {
        static_cast<uint8_t>(0x80 | (discardable ? 0x20 : 0) | (first ? 0x10 : 0)), 0x80, 0x80, 0};
    if (temporal_layers > 1) {
      head[1] = 0xe0;
      head.push_back(0);
      head.push_back(static_cast<uint8_t>(layer << 6));
    }
    clip.AddPacket(head, part);
  }
}

// RFC 9628 refers to the VP9 bitstream's uncompressed header: frame_marker, profile,
// show_existing_frame, frame_type.
bool IsVp9Key(uint8_t first) {
  const bool profile3 = (first & 0x30) == 0x30;
  const int shift = profile3 ? 1 : 0;
  const bool show_existing = (first >> (3 - shift) & 1) != 0;
  return !show_existing && (first >> (2 - shift) & 1) == 0;
}

void AddVp9(std::span<const uint8_t> frame, Clip& clip) {
  const bool key = IsVp9Key(frame[0]);
  BeginFrame(key, 1, clip);
  const auto parts = Share(frame);
  for (size_t i = 0; i < parts.size(); ++i) {
    // I, P, B, E; then 15 bits of picture id.
    const auto flags = static_cast<uint8_t>(0x80 | (key ? 0 : 0x40) | (i == 0 ? 0x08 : 0) |
                                            (i + 1 == parts.size() ? 0x04 : 0));
    const std::array<uint8_t, 3> head = {flags, 0x80, 0};
    clip.AddPacket(head, parts[i]);
  }
}

std::optional<uint64_t> ReadLeb128(ByteReader& reader) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    const uint8_t byte = reader.U8();
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) return reader.ok() ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

void WriteLeb128(size_t value, std::vector<uint8_t>& out) {
  do {
    out.push_back(static_cast<uint8_t>((value & 0x7f) | (value > 0x7f ? 0x80 : 0)));
    value >>= 7;
  } while (value > 0);
}

constexpr uint8_t kObuSequenceHeader = 1;
constexpr uint8_t kObuTemporalDelimiter = 2;

// The OBUs of a temporal unit without their size fields and without its delimiter, as they travel
// in RTP.
std::optional<std::vector<std::vector<uint8_t>>> ReadObus(std::span<const uint8_t> unit) {
  std::vector<std::vector<uint8_t>> obus;
  ByteReader reader(unit);
  while (reader.ok() && reader.remaining() > 0) {
    const uint8_t header = reader.U8();
    std::vector<uint8_t> obu = {static_cast<uint8_t>(header & ~0x02)};
    if ((header & 0x04) != 0) obu.push_back(reader.U8());
    std::optional<uint64_t> size = reader.remaining();
    if ((header & 0x02) != 0) size = ReadLeb128(reader);
    if (!size || *size > reader.remaining()) return std::nullopt;
    const auto body = reader.Bytes(static_cast<size_t>(*size));
    obu.insert(obu.end(), body.begin(), body.end());
    if ((header >> 3 & 0xf) != kObuTemporalDelimiter) obus.push_back(std::move(obu));
  }
  return reader.ok() && !obus.empty() ? std::optional(obus) : std::nullopt;
}

bool AddAv1(std::span<const uint8_t> unit, Clip& clip) {
  const auto obus = ReadObus(unit);
  if (!obus) return false;
  const bool key = ((*obus)[0][0] >> 3 & 0xf) == kObuSequenceHeader;
  BeginFrame(key, 1, clip);
  // W = 0: every element has its length.
  std::vector<uint8_t> body;
  bool continues_previous = false;
  const auto flush = [&](bool continues_next) {
    const bool first = clip.frames.back().packet_count == 0;
    const std::array<uint8_t, 1> head = {static_cast<uint8_t>(
        (continues_previous ? 0x80 : 0) | (continues_next ? 0x40 : 0) | (key && first ? 8 : 0))};
    clip.AddPacket(head, body);
    body.clear();
    continues_previous = continues_next;
  };
  for (const std::vector<uint8_t>& obu : *obus) {
    std::span<const uint8_t> rest = obu;
    while (!rest.empty()) {
      // Two bytes of length suffice for a fragment.
      if (body.size() + 3 > kFragmentBytesMax) flush(false);
      const size_t taken = std::min(rest.size(), kFragmentBytesMax - body.size() - 2);
      WriteLeb128(taken, body);
      body.insert(body.end(), rest.begin(), rest.begin() + static_cast<long>(taken));
      rest = rest.subspan(taken);
      if (!rest.empty()) flush(true);
    }
  }
  flush(false);
  return true;
}

}  // namespace

void BeginVideo(CodecName codec, Duration frame_interval, size_t temporal_layers, Clip& clip) {
  clip = Clip();
  clip.codec = codec;
  clip.frame_interval = frame_interval;
  if (codec == CodecName::kVp8) clip.picture_id_offset = 2;
  if (codec == CodecName::kVp9) clip.picture_id_offset = 1;
  if (codec == CodecName::kVp8 && temporal_layers > 1) clip.tl0_offset = 4;
}

bool AddVideoFrame(std::span<const uint8_t> frame, size_t temporal_layers, Clip& clip) {
  if (frame.empty()) return false;
  switch (clip.codec) {
    case CodecName::kVp8:
      AddVp8(frame, temporal_layers, clip);
      return true;
    case CodecName::kVp9:
      AddVp9(frame, clip);
      return true;
    case CodecName::kAv1:
      return AddAv1(frame, clip);
    default:
      return false;
  }
}

void AddOpusPacket(std::span<const uint8_t> packet, Clip& clip) {
  clip.frames.push_back({static_cast<uint32_t>(clip.packets.size()), 0, true, 0});
  clip.AddPacket({}, packet);
}

}  // namespace conclave::load
