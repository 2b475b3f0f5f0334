#include "router/deadline_queue.h"

namespace conclave::router {

void DeadlineQueue::Set(uint32_t key, Instant deadline) {
  if (key >= positions_.size()) {
    if (deadline == Instant::Never()) return;
    positions_.resize(key + 1, kAbsent);
    heap_.reserve(positions_.size());
  }
  const uint32_t position = positions_[key];
  if (deadline == Instant::Never()) {
    if (position != kAbsent) Remove(position);
    return;
  }
  if (position == kAbsent) {
    heap_.push_back({deadline, key});
    positions_[key] = static_cast<uint32_t>(heap_.size() - 1);
    SiftUp(positions_[key]);
    return;
  }
  if (heap_[position].deadline == deadline) return;
  heap_[position].deadline = deadline;
  SiftUp(position);
  SiftDown(positions_[key]);
}

std::optional<uint32_t> DeadlineQueue::PopDue(Instant now) {
  if (Earliest() > now || heap_.empty()) return std::nullopt;
  const uint32_t key = heap_.front().key;
  Remove(0);
  return key;
}

void DeadlineQueue::Remove(uint32_t position) {
  positions_[heap_[position].key] = kAbsent;
  const Item last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  Place(position, last);
  SiftUp(position);
  SiftDown(positions_[last.key]);
}

void DeadlineQueue::Place(uint32_t position, Item item) {
  heap_[position] = item;
  positions_[item.key] = position;
}

void DeadlineQueue::SiftUp(uint32_t position) {
  const Item item = heap_[position];
  while (position > 0) {
    const uint32_t parent = (position - 1) / 2;
    if (heap_[parent] < item) break;
    Place(position, heap_[parent]);
    position = parent;
  }
  Place(position, item);
}

void DeadlineQueue::SiftDown(uint32_t position) {
  const Item item = heap_[position];
  const auto size = static_cast<uint32_t>(heap_.size());
  for (uint32_t child = 2 * position + 1; child < size; child = 2 * position + 1) {
    if (child + 1 < size && heap_[child + 1] < heap_[child]) ++child;
    if (item < heap_[child]) break;
    Place(position, heap_[child]);
    position = child;
  }
  Place(position, item);
}

}  // namespace conclave::router
