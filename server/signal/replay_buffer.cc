#include "signal/replay_buffer.h"

#include <utility>

namespace conclave::signal {

void ReplayBuffer::Push(uint32_t reply_to, SharedBody body) {
  ++last_sequence_;
  if (kept_.size() == messages_max_) DropOldest();
  bytes_ += body.text().size();
  kept_.Push({std::move(body), reply_to});
  while (bytes_ > bytes_max_) DropOldest();
}

void ReplayBuffer::Skip() {
  ++last_sequence_;
  kept_.Clear();
  bytes_ = 0;
}

std::optional<std::vector<KeptMessage>> ReplayBuffer::After(uint64_t seen) const {
  if (seen > last_sequence_ || last_sequence_ - seen > kept_.size()) return std::nullopt;
  std::vector<KeptMessage> missing;
  while (seen < last_sequence_) {
    const Kept& kept = kept_[kept_.size() - static_cast<size_t>(last_sequence_ - seen)];
    missing.push_back({++seen, kept.reply_to, kept.body});
  }
  return missing;
}

void ReplayBuffer::Acknowledge(uint64_t seen) {
  while (!kept_.empty() && last_sequence_ - kept_.size() < seen) DropOldest();
}

void ReplayBuffer::DropOldest() {
  bytes_ -= kept_.front().body.text().size();
  kept_.Pop();
}

}  // namespace conclave::signal
