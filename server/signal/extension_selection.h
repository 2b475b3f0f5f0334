// Which header extensions of an offered media section are answered (RFC 8285 section 6).
#pragma once

#include <vector>

#include "router/commands.h"
#include "signal/codec_selection.h"
#include "wire/sdp.h"

namespace conclave::signal {

struct SelectedExtensions {
  // The same extensions, for the answer and for the router.
  std::vector<wire::SdpExtmap> extmaps;
  router::ExtensionIds ids;
};

// Per section, since browsers offer different ones in each and refuse an answer that adds one. An
// extension counts only in the direction in which the media flows: Firefox offers the dependency
// descriptor "sendonly", so it is never answered in Firefox's slots (decisions 24). RID and
// repaired RID belong to tracks only. Ids above 14 would need two-byte headers and are left out.
SelectedExtensions SelectExtensions(const wire::SdpMedia& offered, SectionRole role);

}  // namespace conclave::signal
