// What a participant may do in a room, and who may say so.
#pragma once

#include <cstdint>

namespace conclave::conference {

// In the order of what they may do: each may all that those before it may.
enum class Role : uint8_t {
  // Sees, hears and writes; sends no media.
  kViewer,
  kParticipant,
  // Moderates, but has no say over hosts and co-hosts.
  kCoHost,
  kHost,
};

constexpr bool Moderates(Role role) { return role >= Role::kCoHost; }
constexpr bool MaySend(Role role) { return role >= Role::kParticipant; }

// Whether `actor` may act on somebody else who is `target`: mute, remove and the like. Hosts on
// everybody, co-hosts on those who do not moderate.
constexpr bool MayModerate(Role actor, Role target) {
  return actor == Role::kHost || (actor == Role::kCoHost && !Moderates(target));
}

// Whether `actor` may turn somebody else from `before` into `after`.
constexpr bool MayChangeRole(Role actor, Role before, Role after) {
  return MayModerate(actor, before) && (actor == Role::kHost || !Moderates(after));
}

// Anybody may step down, but for the last host: a room is not left without one by a click.
constexpr bool MayStepDown(Role own, Role after, bool is_last_host) {
  return after < own && !(own == Role::kHost && is_last_host);
}

// Who is a host without anybody having said so.
enum class HostPolicy : uint8_t {
  // The first who comes; where nobody moderates any more, who has been there longest.
  kFirst,
  kEveryone,
  kNobody,
};

}  // namespace conclave::conference
