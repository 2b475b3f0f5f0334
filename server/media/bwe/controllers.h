// The controllers by name.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

// Behind the three are the hybrid with one part left out each, for measurements.
enum class Algorithm : uint8_t {
  kHybrid,
  kGcc,
  kScream,
  kNoJitterThreshold,
  kNoDriftGuard,
  kNoAvailableRate,
  kNoDelayFloor,
  kNoRestore,
  kNoRecovery,
  kNoQueueTrial,
  kNoPolicer,
  kNoLossOrigin,
  kNoLossFloor,
  kNoEvidence,
  kNoStep,
  kNoFlatDelay
};
inline constexpr std::array<std::string_view, 16> kAlgorithmNames = {"all of it",
                                                                     "GCC",
                                                                     "SCReAM v2",
                                                                     "no jitter threshold",
                                                                     "no drift guard",
                                                                     "no available rate",
                                                                     "no floor for delay",
                                                                     "no restoring",
                                                                     "no recovery probes",
                                                                     "no queue trial",
                                                                     "no policer detection",
                                                                     "no loss origin",
                                                                     "no floor for loss",
                                                                     "no evidence for growth",
                                                                     "no aim at next step",
                                                                     "no flat delay"};

std::unique_ptr<BandwidthController> MakeController(Algorithm algorithm,
                                                    const BandwidthConfig& config);

}  // namespace conclave::media
