#include "router/wanted_layers.h"

namespace conclave::router {

bool WantedLayers::Want(Instant now, LayerMask layers) {
  const LayerMask before = asked_;
  if (layers != 0) layers |= Bit(0);
  for (size_t i = 0; i < kLayersMax; ++i) {
    if ((layers & Bit(i)) == 0) continue;
    wanted_at_[i] = now;
    if ((asked_ & Bit(i)) != 0) continue;
    asked_ |= Bit(i);
    starting_ |= Bit(i);
    asked_at_[i] = now;
  }
  return asked_ != before;
}

void WantedLayers::Expire(Instant now) {
  if (!looked_at_ || now - *looked_at_ > kLookMax) wanted_at_.fill(now);
  looked_at_ = now;
  for (size_t i = 0; i < kLayersMax; ++i) {
    if ((asked_ & Bit(i)) == 0) continue;
    if (now - wanted_at_[i] < off_delay_) continue;
    asked_ = static_cast<LayerMask>(asked_ & ~Bit(i));
    starting_ = static_cast<LayerMask>(starting_ & ~Bit(i));
  }
}

bool WantedLayers::Dormant(Instant now, size_t layer) const {
  if ((asked_ & Bit(layer)) == 0) return true;
  return (starting_ & Bit(layer)) != 0 && now - asked_at_[layer] < kStartMax;
}

}  // namespace conclave::router
