// How often a room's passcode may be tried. Every attempt counts as wrong until it is known to be
// right, so that many at once gain nothing.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "base/socket_address.h"
#include "base/time.h"
#include "conference/limits.h"
#include "conference/token_bucket.h"

namespace conclave::conference {

class PasscodeGuard {
 public:
  // Counts an attempt from this network (all unknown ones are one) and returns nothing, or returns
  // for how long none is allowed.
  std::optional<Duration> Try(Instant now, const std::optional<IpAddress>& network);
  // That attempt was right: the network begins anew.
  void OnRight(const std::optional<IpAddress>& network);

 private:
  struct Attempts {
    int count = 0;
    Instant next;
  };
  // At most kPasscodeNetworksMax.
  void MakeRoom();

  std::map<IpAddress, Attempts> networks_;
  // Against guessing from many networks.
  TokenBucket room_{kPasscodeRoomRate};
};

}  // namespace conclave::conference
