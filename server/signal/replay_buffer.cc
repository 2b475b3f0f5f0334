#include "signal/replay_buffer.h"

#include <utility>

namespace conclave::signal {

void ReplayBuffer::Push(std::string encoded) {
  ++last_sequence_;
  bytes_ += encoded.size();
  kept_.push_back(std::move(encoded));
  while (kept_.size() > messages_max_ || bytes_ > bytes_max_) DropOldest();
}

void ReplayBuffer::Skip() {
  ++last_sequence_;
  kept_.clear();
  bytes_ = 0;
}

std::optional<std::vector<std::string>> ReplayBuffer::After(uint64_t seen) const {
  if (seen > last_sequence_ || last_sequence_ - seen > kept_.size()) return std::nullopt;
  const auto missing = static_cast<std::ptrdiff_t>(last_sequence_ - seen);
  return std::vector<std::string>(kept_.end() - missing, kept_.end());
}

void ReplayBuffer::Acknowledge(uint64_t seen) {
  while (!kept_.empty() && last_sequence_ - kept_.size() < seen) DropOldest();
}

void ReplayBuffer::DropOldest() {
  bytes_ -= kept_.front().size();
  kept_.pop_front();
}

}  // namespace conclave::signal
