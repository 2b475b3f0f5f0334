// Those who wait for a room until somebody who moderates it has decided, in the order in which they
// came. Who that is, and what is said to whom, is signal/'s.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "base/socket_address.h"

namespace conclave::conference {

struct WaitingPerson {
  WaitingId id;
  ConnectionId connection;
  // Opaque: what they show to those who decide.
  std::string knock;
  // Where it is known.
  std::optional<IpAddress> network;
};

class Lobby {
 public:
  // Ids ascend. Fails when it is full, or full of people from that network.
  Result<void> Enter(WaitingPerson person);
  // Returns false for who does not wait here.
  bool Leave(WaitingId id) { return people_.erase(id) > 0; }
  const WaitingPerson* Find(WaitingId id) const;
  const std::map<WaitingId, WaitingPerson>& people() const { return people_; }

 private:
  std::map<WaitingId, WaitingPerson> people_;
};

}  // namespace conclave::conference
