#include "wire/sdp.h"

#include <algorithm>

namespace conclave::wire {

const SdpFormat* SdpMedia::FindFormat(uint8_t payload_type) const {
  const auto format = std::ranges::find(formats, payload_type, &SdpFormat::payload_type);
  return format == formats.end() ? nullptr : &*format;
}

const SdpExtmap* SdpMedia::FindExtmap(std::string_view uri) const {
  const auto extmap = std::ranges::find(extmaps, uri, &SdpExtmap::uri);
  return extmap == extmaps.end() ? nullptr : &*extmap;
}

const std::string& SessionDescription::IceUfrag(const SdpMedia& section) const {
  return section.ice_ufrag.empty() ? ice_ufrag : section.ice_ufrag;
}

const std::string& SessionDescription::IcePwd(const SdpMedia& section) const {
  return section.ice_pwd.empty() ? ice_pwd : section.ice_pwd;
}

const std::optional<SdpFingerprint>& SessionDescription::Fingerprint(
    const SdpMedia& section) const {
  return section.fingerprint ? section.fingerprint : fingerprint;
}

std::optional<SdpSetup> SessionDescription::Setup(const SdpMedia& section) const {
  return section.setup ? section.setup : setup;
}

}  // namespace conclave::wire
