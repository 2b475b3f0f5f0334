// How clients find this machine: the links that people open, and the candidates of the media.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/socket_address.h"

namespace conclave::app {

// The links at which the web port answers, best first: http://localhost where loopback is listened
// on, then https at the public addresses, then at those of this machine (`local`).
std::vector<std::string> MakeLinks(const Config& config, const std::vector<IpAddress>& local,
                                   uint16_t port);

// A shard's host candidates, best first: the public addresses with the shard's port, then where it
// listens (`bound`, not empty), loopback last as it is there.
std::vector<SocketAddress> Candidates(const std::vector<IpAddress>& public_addresses,
                                      const std::vector<SocketAddress>& bound);

}  // namespace conclave::app
