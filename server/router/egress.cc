#include "router/egress.h"

#include <utility>

namespace conclave::router {

void Egress::Close() {
  open_ = false;
  for (RingQueue<EgressEntry>& queue : queues_) queue.Clear();
}

void Egress::Push(Priority priority, EgressEntry entry) {
  if (!open_) return;
  if (!QueueOf(priority).Push(std::move(entry))) {
    ++dropped_;
    return;
  }
  if (listed_) return;
  listed_ = true;
  order_.Add(self_);
}

EgressEntry* Egress::Front() {
  for (RingQueue<EgressEntry>& queue : queues_) {
    if (!queue.empty()) return &queue.front();
  }
  return nullptr;
}

void Egress::Pop() {
  for (RingQueue<EgressEntry>& queue : queues_) {
    if (queue.empty()) continue;
    queue.Pop();
    return;
  }
}

}  // namespace conclave::router
