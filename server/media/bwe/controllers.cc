#include "media/bwe/controllers.h"

#include "media/bwe/gcc.h"
#include "media/bwe/hybrid.h"
#include "media/bwe/scream.h"

namespace conclave::media {

namespace {

HybridParts PartsOf(Algorithm algorithm) {
  HybridParts parts;
  parts.jitter_threshold = algorithm != Algorithm::kNoJitterThreshold;
  parts.drift_guard = algorithm != Algorithm::kNoDriftGuard;
  parts.available_rate = algorithm != Algorithm::kNoAvailableRate;
  parts.delay_floor = algorithm != Algorithm::kNoDelayFloor;
  parts.restore = algorithm != Algorithm::kNoRestore;
  parts.recovery = algorithm != Algorithm::kNoRecovery;
  parts.queue_trial = algorithm != Algorithm::kNoQueueTrial;
  parts.policer = algorithm != Algorithm::kNoPolicer;
  parts.loss_origin = algorithm != Algorithm::kNoLossOrigin;
  parts.loss_floor = algorithm != Algorithm::kNoLossFloor;
  parts.evidence = algorithm != Algorithm::kNoEvidence;
  parts.step = algorithm != Algorithm::kNoStep;
  parts.flat_delay = algorithm != Algorithm::kNoFlatDelay;
  return parts;
}

}  // namespace

std::unique_ptr<BandwidthController> MakeController(Algorithm algorithm,
                                                    const BandwidthConfig& config) {
  if (algorithm == Algorithm::kGcc) return std::make_unique<GccController>(config);
  if (algorithm == Algorithm::kScream) return std::make_unique<ScreamController>(config);
  return std::make_unique<HybridController>(config, PartsOf(algorithm));
}

}  // namespace conclave::media
