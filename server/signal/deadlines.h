// Many deadlines of one kind: at most one for each key.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/time.h"

namespace conclave::signal {

// Bounded by the keys that its owner has; equal deadlines come in the order of keys.
template <typename Key>
class Deadlines {
 public:
  // Replaces an earlier deadline; Instant::Never() takes it away.
  void Set(Key key, Instant at) {
    Cancel(key);
    if (at == Instant::Never()) return;
    by_key_.emplace(key, at);
    order_.emplace(at, key);
  }
  void Cancel(Key key) {
    const auto it = by_key_.find(key);
    if (it == by_key_.end()) return;
    order_.erase({it->second, key});
    by_key_.erase(it);
  }
  bool Has(Key key) const { return by_key_.contains(key); }
  size_t size() const { return by_key_.size(); }
  Instant Next() const { return order_.empty() ? Instant::Never() : order_.begin()->first; }
  // Takes out one that has come, the earliest first.
  std::optional<Key> PopDue(Instant now) {
    if (Next() > now || order_.empty()) return std::nullopt;
    const Key key = order_.begin()->second;
    Cancel(key);
    return key;
  }

 private:
  std::map<Key, Instant> by_key_;
  std::set<std::pair<Instant, Key>> order_;
};

}  // namespace conclave::signal
