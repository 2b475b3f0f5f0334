#include "signal/offer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "conference/participant.h"
#include "signal/limits.h"
#include "wire/rtp_extensions.h"

namespace conclave::signal {
namespace {

using wire::SdpDirection;

// Each check returns the error it found.
using Problem = std::optional<Error>;

Problem CheckSections(const wire::SessionDescription& description) {
  const size_t count = description.media.size();
  if (count == 0) return Error{"offer: no media section"};
  if (count > kMediaSectionsMax) {
    return Error{"offer: " + std::to_string(count) + " media sections of at most " +
                 std::to_string(kMediaSectionsMax)};
  }
  for (const wire::SdpMedia& section : description.media) {
    if (section.mid.empty()) return Error{"offer: a media section without a=mid"};
    if (section.mid.size() > wire::kStreamIdBytesMax) return Error{"offer: a mid is too long"};
  }
  return std::nullopt;
}

const wire::SdpMedia* FindSection(const wire::SessionDescription& description,
                                  std::string_view mid) {
  for (const wire::SdpMedia& section : description.media) {
    if (section.mid == mid) return &section;
  }
  return nullptr;
}

Problem ReadBundle(Offer& offer) {
  for (const wire::SdpGroup& group : offer.description.groups) {
    if (group.semantics == "BUNDLE" && !group.mids.empty()) {
      offer.bundled = group.mids;
      return std::nullopt;
    }
  }
  return Error{"offer: no a=group:BUNDLE"};
}

bool IsIceText(std::string_view text, size_t size_min) {
  // RFC 8839 section 5.4: ice-char, 4..256 of them for the ufrag and 22..256 for the password.
  constexpr size_t kSizeMax = 256;
  return text.size() >= size_min && text.size() <= kSizeMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '/';
         });
}

Problem ReadTransport(Offer& offer) {
  const wire::SdpMedia* tagged = FindSection(offer.description, offer.bundled.front());
  if (tagged == nullptr) return Error{"offer: the BUNDLE group names an unknown mid"};
  offer.ice = {offer.description.IceUfrag(*tagged), offer.description.IcePwd(*tagged)};
  if (!IsIceText(offer.ice.ufrag, 4)) return Error{"offer: a=ice-ufrag missing or malformed"};
  if (!IsIceText(offer.ice.password, 22)) return Error{"offer: a=ice-pwd missing or malformed"};
  const auto& fingerprint = offer.description.Fingerprint(*tagged);
  if (!fingerprint || fingerprint->hash != "sha-256" ||
      fingerprint->digest.size() != offer.fingerprint.size()) {
    return Error{"offer: no a=fingerprint:sha-256"};
  }
  std::copy(fingerprint->digest.begin(), fingerprint->digest.end(), offer.fingerprint.begin());
  const auto setup = offer.description.Setup(*tagged);
  if (setup != wire::SdpSetup::kActpass && setup != wire::SdpSetup::kActive) {
    return Error{"offer: a=setup must be actpass or active"};
  }
  return std::nullopt;
}

Problem CheckTracks(const Offer& offer, std::span<const NamedTrack> tracks) {
  if (tracks.size() > kTracksPerParticipantMax) {
    return Error{"offer: " + std::to_string(tracks.size()) + " tracks of at most " +
                 std::to_string(kTracksPerParticipantMax)};
  }
  std::set<std::string_view> mids;
  for (const NamedTrack& track : tracks) {
    const wire::SdpMedia* section = FindSection(offer.description, track.mid);
    if (section == nullptr) return Error{"offer: a track names an unknown mid"};
    if (!mids.insert(track.mid).second) return Error{"offer: two tracks for mid " + track.mid};
    if (!Sends(*section)) return Error{"offer: mid " + track.mid + " does not send"};
    if (section->kind != (conference::IsVideo(track.source) ? "video" : "audio")) {
      return Error{"offer: mid " + track.mid + " is of another kind than its source"};
    }
  }
  return std::nullopt;
}

}  // namespace

bool Offer::IsBundled(std::string_view mid) const {
  return std::find(bundled.begin(), bundled.end(), mid) != bundled.end();
}

bool IsRejected(const wire::SdpMedia& section) { return section.port == 0 && !section.bundle_only; }

bool Sends(const wire::SdpMedia& section) {
  return section.direction == SdpDirection::kSendRecv ||
         section.direction == SdpDirection::kSendOnly;
}

Result<Offer> ParseOffer(std::string_view sdp, std::span<const NamedTrack> tracks) {
  Result<wire::SessionDescription> parsed = wire::ParseSdp(sdp);
  if (!parsed) return parsed.error();
  Offer offer;
  offer.description = std::move(*parsed);
  if (Problem problem = CheckSections(offer.description)) return *problem;
  if (Problem problem = ReadBundle(offer)) return *problem;
  if (Problem problem = ReadTransport(offer)) return *problem;
  if (Problem problem = CheckTracks(offer, tracks)) return *problem;
  return offer;
}

}  // namespace conclave::signal
