#include "router/stream_table.h"

#include <algorithm>

namespace conclave::router {

std::optional<StreamKey> StreamTable::Find(uint32_t ssrc) const {
  for (const Entry& entry : entries_) {
    if (entry.ssrc == ssrc) return entry.key;
  }
  return std::nullopt;
}

uint32_t StreamTable::SsrcOf(const StreamKey& key) const {
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  return found == entries_.end() ? 0 : found->ssrc;
}

bool StreamTable::Set(const StreamKey& key, uint32_t ssrc) {
  const uint32_t before = SsrcOf(key);
  if (before == ssrc) return false;
  std::erase_if(entries_, [&](const Entry& e) { return e.ssrc == ssrc || e.key == key; });
  entries_.push_back({ssrc, key});
  return before != 0;
}

}  // namespace conclave::router
