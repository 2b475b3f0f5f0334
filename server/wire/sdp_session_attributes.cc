#include "wire/sdp_transport_attributes.h"

namespace conclave::wire {
namespace {

SdpFault ParseGroup(std::string_view value, SessionDescription& description) {
  if (description.groups.size() == kSdpListMax) return "too many";
  SdpGroup group;
  group.semantics = TakeToken(value);
  if (group.semantics.empty()) return "no semantics";
  while (!value.empty()) {
    if (group.mids.size() == kSdpMediaMax) return "too many mids";
    group.mids.emplace_back(TakeToken(value));
  }
  description.groups.push_back(std::move(group));
  return nullptr;
}

SdpFault ParseIceLite(std::string_view, SessionDescription& description) {
  description.ice_lite = true;
  return nullptr;
}

SdpFault ParseMsidSemantic(std::string_view value, SessionDescription& description) {
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  description.msid_semantic = value;
  return nullptr;
}

constexpr SdpAttribute<SessionDescription> kAttributes[] = {
    {"group", ParseGroup},
    {"ice-lite", ParseIceLite},
    {"msid-semantic", ParseMsidSemantic},
    {"extmap-allow-mixed", ParseExtmapAllowMixed},
    {"ice-ufrag", ParseIceUfrag},
    {"ice-pwd", ParseIcePwd},
    {"ice-options", ParseIceOptions},
    {"fingerprint", ParseFingerprint},
    {"setup", ParseSetup},
};

}  // namespace

SdpFault ParseSessionAttribute(std::string_view name, std::string_view value,
                               SessionDescription& description) {
  return Dispatch(kAttributes, name, value, description);
}

}  // namespace conclave::wire
