#include "media/bwe/controllers.h"

#include "media/bwe/gcc.h"
#include "media/bwe/hybrid.h"
#include "media/bwe/scream.h"

namespace conclave::media {

std::unique_ptr<BandwidthController> MakeController(Algorithm algorithm,
                                                    const BandwidthConfig& config) {
  switch (algorithm) {
    case Algorithm::kGcc:
      return std::make_unique<GccController>(config);
    case Algorithm::kScream:
      return std::make_unique<ScreamController>(config);
    case Algorithm::kHybrid:
      break;
  }
  return std::make_unique<HybridController>(config);
}

}  // namespace conclave::media
