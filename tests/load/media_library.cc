#include "tests/load/media_library.h"

#include <fstream>
#include <iterator>
#include <optional>

#include "base/random.h"
#include "tests/load/container.h"
#include "tests/load/packetizer.h"

namespace conclave::load {
namespace {

using router::CodecName;

// As libvpx makes a calm camera at 15 frames a second: 60, 150 and 500 kbit/s, a key frame some six
// times as large as the others.
constexpr std::array<size_t, 3> kFrameBytes = {500, 1250, 4200};
constexpr size_t kKeyFrameFactor = 6;
constexpr Duration kVideoInterval = Duration::Micros(66'667);
// Encoders in meetings make a key frame when asked; a clip has one every five seconds to go on at.
constexpr size_t kKeyEvery = 75;
constexpr size_t kFrames = 300;
// 32 kbit/s in 20 ms.
constexpr size_t kVoiceBytes = 80;
constexpr size_t kVoicePackets = 500;
// RFC 6716 section 3.1: CELT, full band, 20 ms, one frame.
constexpr uint8_t kOpusToc = 0xf8;

std::optional<std::vector<uint8_t>> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

Result<Clip> LoadIvf(const std::string& stem) {
  for (const size_t temporal_layers : {size_t{1}, size_t{2}, size_t{3}}) {
    const std::string suffix = temporal_layers == 1 ? "" : "-t" + std::to_string(temporal_layers);
    const std::string path = stem + suffix + ".ivf";
    const auto bytes = ReadFile(path);
    if (!bytes) continue;
    auto clip = ReadIvf(*bytes, temporal_layers);
    if (!clip) return Error{path + ": " + clip.error().message};
    return clip;
  }
  return Error{stem + ".ivf cannot be read; conclave-load-media FOLDER makes these files"};
}

Clip Silence() {
  Clip clip;
  // RFC 6716 section 3.2.1: a packet of only its first byte stands for nothing to play.
  AddOpusPacket(std::array<uint8_t, 1>{kOpusToc}, clip);
  return clip;
}

Clip SyntheticVideo(size_t frame_bytes, Random& random) {
  Clip clip;
  BeginVideo(CodecName::kVp8, kVideoInterval, 1, clip);
  for (size_t i = 0; i < kFrames; ++i) {
    const bool key = i % kKeyEvery == 0;
    // Between half and one and a half of the usual size.
    const size_t size =
        key ? frame_bytes * kKeyFrameFactor : frame_bytes / 2 + random.Next32() % frame_bytes;
    std::vector<uint8_t> frame(size);
    random.Fill(frame);
    frame[0] = static_cast<uint8_t>((frame[0] & ~1) | (key ? 0 : 1));
    AddVideoFrame(frame, 1, clip);
  }
  return clip;
}

Clip ShapedVideo(const FrameShape& shape) {
  Clip clip;
  BeginVideo(CodecName::kVp8, Duration::Micros(1'000'000 / shape.frames_per_second), 1, clip);
  std::vector<uint8_t> frame(shape.packets * kFragmentBytesMax);
  for (size_t i = 0; i < kFrames; ++i) {
    frame[0] = i % kKeyEvery == 0 ? 0 : 1;
    AddVideoFrame(frame, 1, clip);
  }
  return clip;
}

}  // namespace

std::string_view FileName(CodecName codec) {
  switch (codec) {
    case CodecName::kVp9:
      return "vp9";
    case CodecName::kAv1:
      return "av1";
    default:
      return "vp8";
  }
}

Result<MediaLibrary> LoadMedia(const std::string& folder, const std::vector<CodecName>& codecs,
                               size_t encodings) {
  MediaLibrary library;
  for (const CodecName codec : codecs) {
    const std::string stem = folder + "/" + std::string(FileName(codec)) + "-";
    for (size_t i = 0; i < encodings; ++i) {
      auto clip = LoadIvf(stem + std::to_string(i));
      if (!clip) return clip.error();
      library.cameras[codec].push_back(*std::move(clip));
    }
    auto screen = LoadIvf(stem + "screen");
    if (!screen) return screen.error();
    library.screens[codec] = *std::move(screen);
  }
  const std::string path = folder + "/voice.ogg";
  const auto bytes = ReadFile(path);
  if (!bytes) return Error{path + " cannot be read; conclave-load-media FOLDER makes it"};
  auto voice = ReadOggOpus(*bytes);
  if (!voice) return Error{path + ": " + voice.error().message};
  library.voice = *std::move(voice);
  library.silence = Silence();
  return library;
}

MediaLibrary MakeSyntheticMedia(size_t encodings, const FrameShape& shape) {
  MediaLibrary library;
  library.synthetic = true;
  SeededRandom random(1);
  for (size_t i = 0; i < encodings; ++i) {
    library.cameras[CodecName::kVp8].push_back(
        shape.packets > 0 ? ShapedVideo(shape) : SyntheticVideo(kFrameBytes.at(i), random));
  }
  library.screens[CodecName::kVp8] = SyntheticVideo(kFrameBytes[2], random);
  for (size_t i = 0; i < kVoicePackets; ++i) {
    std::vector<uint8_t> packet(kVoiceBytes / 2 + random.Next32() % kVoiceBytes);
    random.Fill(packet);
    packet[0] = kOpusToc;
    AddOpusPacket(packet, library.voice);
  }
  library.silence = Silence();
  return library;
}

}  // namespace conclave::load
