// Offers: whatever parses is answered by a description that parses, section for section, and the
// same offer again changes nothing.
#include "fuzz/oracle.h"
#include "signal/limits.h"
#include "signal/negotiation.h"
#include "wire/sdp.h"

namespace conclave::signal {
namespace {

const std::vector<NamedTrack>& Tracks() {
  static const std::vector<NamedTrack> tracks = {{"0", router::SourceKind::kMicrophone, false},
                                                 {"1", router::SourceKind::kCamera, false}};
  return tracks;
}

void CheckAnswer(const std::string& offer_text, const std::string& answer_text) {
  const auto offer = wire::ParseSdp(offer_text);
  const auto answer = wire::ParseSdp(answer_text);
  CHECK(offer && answer);
  CHECK(offer->media.size() == answer->media.size());
  for (size_t i = 0; i < answer->media.size(); ++i) {
    CHECK(answer->media[i].mid == offer->media[i].mid);
    CHECK(answer->media[i].direction != wire::SdpDirection::kSendRecv);
    for (const wire::SdpFormat& format : answer->media[i].formats) {
      CHECK(offer->media[i].FindFormat(format.payload_type) != nullptr);
    }
  }
}

void Run(const std::string& text) {
  SeededRandom random(1);
  MediaIds ids(random);
  Negotiation negotiation({{}, {{IpAddress::V4(192, 0, 2, 1), 5000}}}, random, ids);
  for (const bool named : {true, false}) {
    const auto tracks = named ? std::span(Tracks()) : std::span<const NamedTrack>();
    const auto first = negotiation.Apply(text, tracks);
    if (!first) continue;
    CheckAnswer(text, first->answer);
    CHECK(negotiation.tracks().size() <= kTracksPerParticipantMax);
    CHECK(negotiation.slots().size() <= kSlotsPerParticipantMax);
    const auto again = negotiation.Apply(text, tracks);
    CHECK(again && again->new_tracks.empty() && again->new_slots.empty() && !again->ice_restarted);
  }
}

}  // namespace
}  // namespace conclave::signal

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::signal::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
