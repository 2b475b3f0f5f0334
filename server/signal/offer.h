// What an offer says as a whole, checked: everything that makes it unanswerable is found here,
// before anything is allocated for it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "router/commands.h"
#include "wire/sdp.h"

namespace conclave::signal {

// What the client says that a sending section carries (OfferedTrack).
struct NamedTrack {
  std::string mid;
  router::SourceKind source = router::SourceKind::kMicrophone;
  bool muted = false;
};

struct Offer {
  wire::SessionDescription description;
  // Of the BUNDLE group: all media goes over the transport of its first section (RFC 9143).
  std::vector<std::string> bundled;
  router::IceCredentials ice;
  router::Fingerprint fingerprint{};

  bool IsBundled(std::string_view mid) const;
};

// Requires: one BUNDLE group, a mid for each section (the parser sees to it that they differ), ICE
// credentials (RFC 8839 section 5.4), a SHA-256 fingerprint, a setup that lets us be passive, at
// most kMediaSectionsMax sections. Every named track must be a section that sends, of the right
// kind, at most kTracksPerParticipantMax of them. The error's text names what is missing, and never
// quotes more than a mid of the offer.
Result<Offer> ParseOffer(std::string_view sdp, std::span<const NamedTrack> tracks);

// Whether the offer itself gives up the section (port 0, and not just because it is bundled).
bool IsRejected(const wire::SdpMedia& section);
bool Sends(const wire::SdpMedia& section);

}  // namespace conclave::signal
