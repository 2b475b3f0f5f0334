#include "tests/load/container.h"

#include <algorithm>
#include <string_view>

#include "tests/load/packetizer.h"

namespace conclave::load {
namespace {

using router::CodecName;

constexpr size_t kIvfHeaderBytes = 32;
constexpr size_t kIvfFrameHeaderBytes = 12;
constexpr size_t kOggHeaderBytes = 27;

uint32_t Little32(std::span<const uint8_t> at) {
  return static_cast<uint32_t>(at[0]) | static_cast<uint32_t>(at[1]) << 8 |
         static_cast<uint32_t>(at[2]) << 16 | static_cast<uint32_t>(at[3]) << 24;
}

bool Is(std::span<const uint8_t> bytes, std::string_view text) {
  return bytes.size() >= text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin(),
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

std::optional<CodecName> IvfCodec(std::span<const uint8_t> fourcc) {
  if (Is(fourcc, "VP80")) return CodecName::kVp8;
  if (Is(fourcc, "VP90")) return CodecName::kVp9;
  if (Is(fourcc, "AV01")) return CodecName::kAv1;
  return std::nullopt;
}

// The packets of an Ogg stream in order, put together over pages.
Result<std::vector<std::vector<uint8_t>>> OggPackets(std::span<const uint8_t> file) {
  std::vector<std::vector<uint8_t>> packets(1);
  while (!file.empty()) {
    if (file.size() < kOggHeaderBytes || !Is(file, "OggS")) return Error{"not an Ogg page"};
    const size_t segments = file[26];
    if (file.size() < kOggHeaderBytes + segments) return Error{"a truncated Ogg page"};
    const auto sizes = file.subspan(kOggHeaderBytes, segments);
    file = file.subspan(kOggHeaderBytes + segments);
    for (const uint8_t size : sizes) {
      if (file.size() < size) return Error{"a truncated Ogg page"};
      packets.back().insert(packets.back().end(), file.begin(), file.begin() + size);
      file = file.subspan(size);
      // RFC 3533 section 5: a lacing value below 255 ends the packet.
      if (size < 255) packets.emplace_back();
    }
  }
  packets.pop_back();
  return packets;
}

// RFC 6716 section 3.1: the duration of an Opus packet in microseconds by its first two bytes; 0
// for none.
int64_t OpusMicros(std::span<const uint8_t> packet) {
  if (packet.empty()) return 0;
  constexpr int64_t kSilk[] = {10000, 20000, 40000, 60000};
  constexpr int64_t kCelt[] = {2500, 5000, 10000, 20000};
  const unsigned config = packet[0] >> 3;
  int64_t frame = kCelt[config % 4];
  if (config < 12)
    frame = kSilk[config % 4];
  else if (config < 16)
    frame = kSilk[config % 2];
  const unsigned code = packet[0] & 3;
  if (code < 3) return code == 0 ? frame : 2 * frame;
  return packet.size() > 1 ? frame * (packet[1] & 0x3f) : 0;
}

}  // namespace

Result<Clip> ReadIvf(std::span<const uint8_t> file, size_t temporal_layers) {
  if (file.size() < kIvfHeaderBytes || !Is(file, "DKIF")) return Error{"not an IVF file"};
  const auto codec = IvfCodec(file.subspan(8));
  const uint32_t rate = Little32(file.subspan(16));
  const uint32_t scale = Little32(file.subspan(20));
  if (!codec) return Error{"an IVF file of another codec than VP8, VP9 or AV1"};
  if (rate == 0 || scale == 0) return Error{"an IVF file without a frame rate"};
  Clip clip;
  BeginVideo(*codec, Duration::Micros(int64_t{1'000'000} * scale / rate), temporal_layers, clip);
  file = file.subspan(kIvfHeaderBytes);
  while (file.size() >= kIvfFrameHeaderBytes) {
    const uint32_t size = Little32(file);
    file = file.subspan(kIvfFrameHeaderBytes);
    if (size > file.size()) return Error{"a truncated IVF frame"};
    if (!AddVideoFrame(file.first(size), temporal_layers, clip)) return Error{"a damaged frame"};
    file = file.subspan(size);
  }
  if (clip.frames.empty() || !clip.frames[0].key) return Error{"no key frame at the beginning"};
  return clip;
}

Result<Clip> ReadOggOpus(std::span<const uint8_t> file) {
  const auto packets = OggPackets(file);
  if (!packets) return packets.error();
  // RFC 7845 section 3: the first two packets are headers.
  if (packets->size() < 3 || !Is((*packets)[0], "OpusHead")) return Error{"not Opus in Ogg"};
  Clip clip;
  for (size_t i = 2; i < packets->size(); ++i) {
    if (OpusMicros((*packets)[i]) != clip.frame_interval.us()) {
      return Error{"an Opus packet of other than 20 ms"};
    }
    AddOpusPacket((*packets)[i], clip);
  }
  return clip;
}

}  // namespace conclave::load
