// The media sections of an answer, each from the offered section that it answers.
#pragma once

#include <string>
#include <vector>

#include "base/socket_address.h"
#include "router/commands.h"
#include "wire/sdp.h"

namespace conclave::signal {

// The rids that the client sends in this section, in its order; empty where it sends no simulcast,
// or none that could be told apart. Of alternatives (RFC 8853 section 5.1) the first counts.
std::vector<std::string> OfferedRids(const wire::SdpMedia& offered);

// recvonly, with simulcast as offered and without an ssrc.
wire::SdpMedia AnswerTrackSection(const wire::SdpMedia& offered,
                                  const std::vector<std::string>& rids);
// sendonly, with the slot's SSRCs and an msid of its own (a shared one makes browsers synchronize
// an arbitrary pair of slots, decisions 20).
wire::SdpMedia AnswerSlotSection(const wire::SdpMedia& offered, const router::SlotConfig& slot);
// Usable later: the section stays in the bundle but carries nothing.
wire::SdpMedia AnswerInactiveSection(const wire::SdpMedia& offered);
// Port 0: given up for good.
wire::SdpMedia AnswerRejectedSection(const wire::SdpMedia& offered);

// a=candidate lines of type host; the first address is the most preferred (RFC 8445 section 5.1.2).
std::vector<wire::SdpCandidate> HostCandidates(const std::vector<SocketAddress>& addresses);

}  // namespace conclave::signal
