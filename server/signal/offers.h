// Offers as they come over the wire: deflated, with their tracks named.
#pragma once

#include <string>
#include <variant>

#include "protocol/conclave.pb.h"
#include "signal/negotiation.h"
#include "signal/refusal.h"

namespace conclave::signal {

struct AppliedOffer {
  NegotiatedOffer negotiated;
  std::string answer_deflated;
};

// Inflates, answers and deflates, within the limits. Join and Offer carry the same two fields.
using OfferedTracks = google::protobuf::RepeatedPtrField<v1::OfferedTrack>;
std::variant<AppliedOffer, Refusal> ApplyOffer(Negotiation& negotiation,
                                               const std::string& offer_deflated,
                                               const OfferedTracks& tracks);

}  // namespace conclave::signal
