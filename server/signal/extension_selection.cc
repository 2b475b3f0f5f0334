#include "signal/extension_selection.h"

#include <array>
#include <optional>
#include <string_view>

#include "wire/rtp_extensions.h"

namespace conclave::signal {
namespace {

using wire::SdpDirection;

struct Known {
  std::string_view uri;
  uint8_t router::ExtensionIds::*id;
  bool in_slots;
};

constexpr std::array<Known, 7> kKnown = {{
    {wire::kMidUri, &router::ExtensionIds::mid, true},
    {wire::kRidUri, &router::ExtensionIds::rid, false},
    {wire::kRepairedRidUri, &router::ExtensionIds::repaired_rid, false},
    {wire::kAudioLevelUri, &router::ExtensionIds::audio_level, true},
    {wire::kTransportCcUri, &router::ExtensionIds::transport_cc, true},
    {wire::kAbsSendTimeUri, &router::ExtensionIds::abs_send_time, true},
    {wire::kDependencyDescriptorUri, &router::ExtensionIds::dependency_descriptor, true},
}};

constexpr uint16_t kOneByteIdMax = 14;

// The answer's direction for an offered one: reversed, where there is any. nullopt: does not flow
// in the section's direction.
std::optional<std::optional<SdpDirection>> Answered(std::optional<SdpDirection> offered,
                                                    SectionRole role) {
  if (!offered || *offered == SdpDirection::kSendRecv) return std::optional<SdpDirection>();
  if (*offered == SdpDirection::kSendOnly && role == SectionRole::kTrack) {
    return SdpDirection::kRecvOnly;
  }
  if (*offered == SdpDirection::kRecvOnly && role == SectionRole::kSlot) {
    return SdpDirection::kSendOnly;
  }
  return std::nullopt;
}

}  // namespace

SelectedExtensions SelectExtensions(const wire::SdpMedia& offered, SectionRole role) {
  SelectedExtensions out;
  for (const Known& known : kKnown) {
    if (role == SectionRole::kSlot && !known.in_slots) continue;
    const wire::SdpExtmap* extmap = offered.FindExtmap(known.uri);
    if (extmap == nullptr || extmap->id == 0 || extmap->id > kOneByteIdMax) continue;
    const auto direction = Answered(extmap->direction, role);
    if (!direction) continue;
    out.extmaps.push_back({extmap->id, extmap->uri, *direction});
    out.ids.*known.id = static_cast<uint8_t>(extmap->id);
  }
  return out;
}

}  // namespace conclave::signal
