// The media that senders replay: real files, or where there are none something of the same shape.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "tests/load/clip.h"

namespace conclave::load {

struct MediaLibrary {
  // Simulcast encodings of a camera, lowest first, by codec.
  std::map<router::CodecName, std::vector<Clip>> cameras;
  // A shared screen, by codec.
  std::map<router::CodecName, Clip> screens;
  Clip voice;
  // Opus without speech: what DTX sends now and then.
  Clip silence;
  // The media is made up: sizes and frames like an encoder's, content of none.
  bool synthetic = false;
};

// From a folder with CODEC-N.ivf (N: the simulcast encoding from 0, lowest first; CODEC-N-tT.ivf
// with T temporal layers), CODEC-screen.ivf and voice.ogg. CODEC is vp8, vp9 or av1; those of
// `codecs` must be there with `encodings` each. An error names the file and the remedy.
Result<MediaLibrary> LoadMedia(const std::string& folder,
                               const std::vector<router::CodecName>& codecs, size_t encodings);

// What a camera sends, where that is not to be like a camera: the same every time.
struct FrameShape {
  // Full ones; 0: like a calm camera.
  uint32_t packets = 0;
  uint32_t frames_per_second = 15;
};

// VP8 and Opus alone.
MediaLibrary MakeSyntheticMedia(size_t encodings, const FrameShape& shape = {});

// "vp8", "vp9", "av1".
std::string_view FileName(router::CodecName codec);

}  // namespace conclave::load
