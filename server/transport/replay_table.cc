#include "transport/replay_table.h"

#include <algorithm>
#include <utility>

namespace conclave::transport {

ReplayTable::ReplayTable(size_t windows_max, size_t ssrcs_max)
    : windows_max_(windows_max), streams_(ssrcs_max) {}

std::optional<uint64_t> ReplayTable::Stream::highest() const {
  if (window_ != nullptr) return window_->highest();
  return parked_;
}

bool ReplayTable::Stream::Seen(uint64_t index) const {
  if (window_ != nullptr) return window_->Seen(index);
  return parked_ && index <= *parked_;
}

ReplayTable::Stream ReplayTable::Find(uint32_t ssrc) {
  Stream stream;
  const Entry* entry = streams_.Find(ssrc);
  if (entry == nullptr) return stream;
  if (entry->window == kParked) {
    stream.parked_ = entry->highest;
  } else {
    stream.window_ = &windows_[entry->window].seen;
  }
  return stream;
}

bool ReplayTable::Mark(uint32_t ssrc, uint64_t index) {
  Entry* entry = streams_.Find(ssrc);
  if (entry == nullptr) entry = streams_.Insert(ssrc);
  if (entry == nullptr) return false;
  if (entry->window == kParked) GiveWindow(ssrc, *entry);
  Window& window = windows_[entry->window];
  window.seen.Mark(index);
  window.marked = ++marks_;
  return true;
}

// Takes the window that was used least recently. The scan is as long as there are windows, and only
// a packet of a stream that has none pays for it.
void ReplayTable::GiveWindow(uint32_t ssrc, Entry& entry) {
  if (windows_.size() < windows_max_) {
    windows_.emplace_back();
    entry.window = static_cast<uint32_t>(windows_.size() - 1);
  } else {
    const auto oldest = std::ranges::min_element(windows_, {}, &Window::marked);
    Entry& loser = *streams_.Find(oldest->ssrc);
    loser.highest = oldest->seen.highest();
    entry.window = std::exchange(loser.window, kParked);
  }
  Window& window = windows_[entry.window];
  window.ssrc = ssrc;
  window.seen = entry.any ? ReplayWindow::AllUpTo(entry.highest) : ReplayWindow();
  entry.any = true;
}

}  // namespace conclave::transport
