// The two file formats that encoded media comes in: IVF (VP8, VP9, AV1) and Ogg (RFC 3533) with
// Opus (RFC 7845). Parsers are total: files are not trusted either.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "tests/load/clip.h"

namespace conclave::load {

// The whole file cut into RTP payloads. `temporal_layers` as for BeginVideo.
Result<Clip> ReadIvf(std::span<const uint8_t> file, size_t temporal_layers);
Result<Clip> ReadOggOpus(std::span<const uint8_t> file);

}  // namespace conclave::load
