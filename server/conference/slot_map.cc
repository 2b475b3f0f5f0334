#include "conference/slot_map.h"

namespace conclave::conference {

void SlotMap::AddSlot(SlotId slot) {
  router::SlotAssignment empty;
  empty.slot = slot;
  slots_.emplace(slot, empty);
}

void SlotMap::Apply(std::span<const router::SlotAssignment> changes) {
  for (const router::SlotAssignment& change : changes) {
    const auto it = slots_.find(change.slot);
    if (it == slots_.end()) continue;
    it->second = change;
    used_.insert(change.slot);
    changed_.insert(change.slot);
  }
}

std::vector<router::SlotAssignment> SlotMap::TakeChanges() {
  std::vector<router::SlotAssignment> out;
  for (const SlotId slot : changed_) out.push_back(slots_.at(slot));
  changed_.clear();
  return out;
}

std::vector<router::SlotAssignment> SlotMap::TakeAll() {
  changed_ = used_;
  return TakeChanges();
}

}  // namespace conclave::conference
