// What a hostile participant does with its connection: everything that its peer must survive.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/load/udp_port.h"
#include "transport/peer_transport.h"

namespace conclave::load {

// Between two attacks of one participant.
inline constexpr Duration kAttackInterval = Duration::Millis(10);

// Appends datagrams that are STUN, DTLS, RTP or RTCP by their first bytes alone.
void AddGarbage(Random& random, Outgoing& out);
// Appends RTP and RTCP that is encrypted as it should be and makes no sense inside. Each call uses
// a sequence number of its own.
void AddEncryptedGarbage(transport::PeerTransport& transport, uint16_t sequence, uint32_t ssrc,
                         Random& random, Outgoing& out);
// Appends connectivity checks for users that there are none of.
void AddFlood(Random& random, Outgoing& out);
// A WebSocket message that is none.
std::string MalformedMessage(Random& random);

}  // namespace conclave::load
