// Whose a STUN check is: our username fragment -> participant (RFC 8445 section 7.3: USERNAME is
// "ours:theirs"). After a restart a participant has two until the new one is used.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "router/participant_index.h"

namespace conclave::router {

class UfragTable {
 public:
  void Insert(std::string_view ufrag, ParticipantIndex participant);
  void Erase(std::string_view ufrag);
  std::optional<ParticipantIndex> Find(std::string_view ufrag) const;
  size_t size() const { return table_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  // Our fragments are random, so nobody outside can choose colliding keys; lookups of strangers'
  // text cost the same as any other.
  std::unordered_map<std::string, ParticipantIndex, Hash, std::equal_to<>> table_;
};

}  // namespace conclave::router
