// The controllers by name.
#pragma once

#include <memory>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

enum class Algorithm : uint8_t { kHybrid, kGcc, kScream };

std::unique_ptr<BandwidthController> MakeController(Algorithm algorithm,
                                                    const BandwidthConfig& config);

}  // namespace conclave::media
