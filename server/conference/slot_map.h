// Which track each of one receiver's slots carries, with the changes that the client has not yet
// been told of.
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "base/ids.h"
#include "router/commands.h"

namespace conclave::conference {

class SlotMap {
 public:
  // Bounded by the slots that were added: a change of any other slot is dropped.
  void AddSlot(SlotId slot);
  void Apply(std::span<const router::SlotAssignment> changes);

  bool HasChanges() const { return !changed_.empty(); }
  // The newest state of each slot that changed since the last call, in the order of slots.
  std::vector<router::SlotAssignment> TakeChanges();
  // The state of every slot that ever carried a track, for a client that has lost count.
  std::vector<router::SlotAssignment> TakeAll();

 private:
  std::map<SlotId, router::SlotAssignment> slots_;
  std::set<SlotId> used_;
  std::set<SlotId> changed_;
};

}  // namespace conclave::conference
