// Finds whom a STUN request from an unknown path is for, before anything about it is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace conclave::transport {

// RFC 8445 section 7.2.2: the USERNAME of a check is "<receiver's ufrag>:<sender's ufrag>".
struct StunUsername {
  std::string_view local_ufrag;
  std::string_view remote_ufrag;
};

// The USERNAME of a well-formed Binding request; views into `datagram`. Unauthenticated: use it
// only to look up a peer, whose PeerTransport::OnStun then checks the integrity and drops what
// fails.
std::optional<StunUsername> PeekStunUsername(std::span<const uint8_t> datagram);

}  // namespace conclave::transport
