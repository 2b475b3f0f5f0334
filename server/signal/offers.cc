#include "signal/offers.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "signal/deflate.h"
#include "signal/encode.h"
#include "signal/limits.h"

namespace conclave::signal {
namespace {

Refusal Invalid(std::string text) {
  return {v1::ERROR_CODE_OFFER_INVALID, std::move(text), false, {}};
}

std::variant<std::vector<NamedTrack>, Refusal> NamedTracks(const OfferedTracks& tracks) {
  std::vector<NamedTrack> out;
  for (const v1::OfferedTrack& track : tracks) {
    const auto source = FromProto(track.source());
    if (!source) return Invalid("offer: a track of an unknown source kind");
    out.push_back({track.mid(), *source, track.muted()});
  }
  return out;
}

}  // namespace

std::variant<AppliedOffer, Refusal> ApplyOffer(Negotiation& negotiation,
                                               const std::string& offer_deflated,
                                               const OfferedTracks& tracks) {
  if (offer_deflated.size() > kSdpDeflatedBytesMax) {
    return TooLarge("offer bytes, deflated", offer_deflated.size(), kSdpDeflatedBytesMax);
  }
  auto named = NamedTracks(tracks);
  if (auto* refusal = std::get_if<Refusal>(&named)) return std::move(*refusal);
  const std::span deflated(reinterpret_cast<const uint8_t*>(offer_deflated.data()),
                           offer_deflated.size());
  const Result<std::string> sdp = Inflate(deflated, kSdpInflatedBytesMax);
  if (!sdp) return Invalid("offer: " + sdp.error().message);
  Result<NegotiatedOffer> negotiated =
      negotiation.Apply(*sdp, std::get<std::vector<NamedTrack>>(named));
  if (!negotiated) return Invalid(negotiated.error().message);
  AppliedOffer out{std::move(*negotiated), ""};
  out.answer_deflated = Deflate(out.negotiated.answer);
  if (out.answer_deflated.size() > kSdpDeflatedBytesMax) {
    return TooLarge("answer bytes, deflated", out.answer_deflated.size(), kSdpDeflatedBytesMax);
  }
  return out;
}

}  // namespace conclave::signal
