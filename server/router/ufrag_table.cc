#include "router/ufrag_table.h"

namespace conclave::router {

void UfragTable::Insert(std::string_view ufrag, ParticipantIndex participant) {
  table_.insert_or_assign(std::string(ufrag), participant);
}

void UfragTable::Erase(std::string_view ufrag) {
  const auto found = table_.find(ufrag);
  if (found != table_.end()) table_.erase(found);
}

std::optional<ParticipantIndex> UfragTable::Find(std::string_view ufrag) const {
  const auto found = table_.find(ufrag);
  if (found == table_.end()) return std::nullopt;
  return found->second;
}

}  // namespace conclave::router
