#include "signal/answer_sections.h"

#include <algorithm>

#include "signal/codec_selection.h"
#include "signal/extension_selection.h"
#include "signal/limits.h"
#include "wire/rtp_extensions.h"

namespace conclave::signal {
namespace {

using wire::SdpDirection;

// One name for all streams: it only has to be there (RFC 7022), what syncs is the msid.
constexpr const char* kCname = "conclave";

wire::SdpMedia Common(const wire::SdpMedia& offered) {
  wire::SdpMedia out;
  out.kind = offered.kind;
  out.protocol = offered.protocol;
  out.mid = offered.mid;
  out.rtcp_mux = true;
  out.rtcp_rsize = offered.rtcp_rsize;
  out.extmap_allow_mixed = offered.extmap_allow_mixed;
  return out;
}

void FillRole(wire::SdpMedia& out, const wire::SdpMedia& offered, SectionRole role) {
  out.formats = SelectCodecs(offered, role).formats;
  out.extmaps = SelectExtensions(offered, role).extmaps;
}

}  // namespace

std::vector<std::string> OfferedRids(const wire::SdpMedia& offered) {
  // Without the RID extension the encodings could not be told apart.
  if (SelectExtensions(offered, SectionRole::kTrack).ids.rid == 0 || !offered.simulcast) return {};
  std::vector<std::string> out;
  for (const auto& alternatives : offered.simulcast->send) {
    if (alternatives.empty() || out.size() == kRidsPerTrackMax) continue;
    const std::string& rid = alternatives.front().rid;
    const bool declared =
        std::any_of(offered.rids.begin(), offered.rids.end(), [&](const wire::SdpRid& line) {
          return line.id == rid && line.direction == wire::SdpRidDirection::kSend;
        });
    const bool usable = declared && rid.size() <= wire::kStreamIdBytesMax;
    if (usable && std::find(out.begin(), out.end(), rid) == out.end()) out.push_back(rid);
  }
  return out;
}

wire::SdpMedia AnswerTrackSection(const wire::SdpMedia& offered,
                                  const std::vector<std::string>& rids) {
  wire::SdpMedia out = Common(offered);
  out.direction = SdpDirection::kRecvOnly;
  FillRole(out, offered, SectionRole::kTrack);
  if (rids.empty()) return out;
  wire::SdpSimulcast simulcast;
  for (const std::string& rid : rids) {
    out.rids.push_back({rid, wire::SdpRidDirection::kRecv, ""});
    simulcast.recv.push_back({{rid, false}});
  }
  out.simulcast = std::move(simulcast);
  return out;
}

wire::SdpMedia AnswerSlotSection(const wire::SdpMedia& offered, const router::SlotConfig& slot) {
  wire::SdpMedia out = Common(offered);
  out.direction = SdpDirection::kSendOnly;
  FillRole(out, offered, SectionRole::kSlot);
  const std::string name = "slot" + std::to_string(slot.slot.value());
  out.msids.push_back({name, name + (slot.kind == router::MediaKind::kAudio ? "-a" : "-v")});
  out.ssrcs.push_back({slot.ssrc, kCname, ""});
  if (slot.rtx_ssrc != 0) {
    out.ssrc_groups.push_back({"FID", {slot.ssrc, slot.rtx_ssrc}});
    out.ssrcs.push_back({slot.rtx_ssrc, kCname, ""});
  }
  return out;
}

wire::SdpMedia AnswerInactiveSection(const wire::SdpMedia& offered) {
  wire::SdpMedia out = Common(offered);
  out.direction = SdpDirection::kInactive;
  FillRole(out, offered, SectionRole::kSlot);
  return out;
}

wire::SdpMedia AnswerRejectedSection(const wire::SdpMedia& offered) {
  wire::SdpMedia out;
  out.kind = offered.kind;
  out.protocol = offered.protocol;
  out.mid = offered.mid;
  out.port = 0;
  out.direction = SdpDirection::kInactive;
  // The m-line needs at least one format, and any of the offered ones will do.
  if (!offered.formats.empty()) {
    wire::SdpFormat format = offered.formats.front();
    format.feedback.clear();
    out.formats.push_back(std::move(format));
  }
  out.other_formats = offered.other_formats;
  return out;
}

std::vector<wire::SdpCandidate> HostCandidates(const std::vector<SocketAddress>& addresses) {
  constexpr uint32_t kHostTypePreference = 126;
  constexpr uint32_t kComponentRtp = 1;
  constexpr uint32_t kLocalPreferenceMax = 65535;
  std::vector<wire::SdpCandidate> out;
  for (const SocketAddress& address : addresses) {
    const auto index = static_cast<uint32_t>(out.size());
    wire::SdpCandidate candidate;
    candidate.foundation = std::to_string(index + 1);
    candidate.component = kComponentRtp;
    candidate.transport = "udp";
    candidate.priority = kHostTypePreference << 24 |
                         (kLocalPreferenceMax - std::min(index, kLocalPreferenceMax)) << 8 |
                         (256 - kComponentRtp);
    candidate.address = address.ip.ToString();
    candidate.port = address.port;
    candidate.type = "host";
    out.push_back(std::move(candidate));
  }
  return out;
}

}  // namespace conclave::signal
