#include <algorithm>

#include "wire/sdp_format_attributes.h"
#include "wire/sdp_transport_attributes.h"

namespace conclave::wire {
namespace {

SdpFault ParseMid(std::string_view value, SdpMedia& media) {
  // RFC 9143 asks for three bytes or fewer; a stream id in a packet has at most 32 with us.
  if (!IsWord(value, 1, 32)) return "bad length";
  media.mid = value;
  return nullptr;
}

template <SdpDirection kDirection>
SdpFault SetDirection(std::string_view, SdpMedia& media) {
  media.direction = kDirection;
  return nullptr;
}

template <bool SdpMedia::*kFlag>
SdpFault SetFlag(std::string_view, SdpMedia& media) {
  media.*kFlag = true;
  return nullptr;
}

SdpFault ParseExtmap(std::string_view value, SdpMedia& media) {
  if (media.extmaps.size() == kSdpListMax) return "too many";
  SdpExtmap extmap;
  std::string_view entry = TakeToken(value);
  const auto id = ParseNumber<uint16_t>(TakeUntil(entry, '/'));
  if (!id || *id == 0) return "bad id";
  extmap.id = *id;
  if (!entry.empty()) {
    SdpDirection direction;
    if (!ParseDirection(entry, direction)) return "unknown direction";
    extmap.direction = direction;
  }
  extmap.uri = TakeToken(value);
  if (extmap.uri.empty()) return "no uri";
  media.extmaps.push_back(std::move(extmap));
  return nullptr;
}

// RFC 8851 section 10: alphanumeric, hyphen, underscore.
bool IsRid(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

SdpFault ParseRid(std::string_view value, SdpMedia& media) {
  if (media.rids.size() == kSdpListMax) return "too many";
  SdpRid rid;
  rid.id = TakeToken(value);
  if (!IsRid(rid.id)) return "bad id";
  const std::string_view direction = TakeToken(value);
  if (direction != "send" && direction != "recv") return "unknown direction";
  rid.direction = direction == "send" ? SdpRidDirection::kSend : SdpRidDirection::kRecv;
  rid.restrictions = value;
  media.rids.push_back(std::move(rid));
  return nullptr;
}

// "h;~m,n": streams between semicolons, alternatives between commas, "~" where paused.
bool ParseStreams(std::string_view text, SdpSimulcastStreams& streams) {
  if (text.empty() || text.back() == ';') return false;
  size_t rids = 0;
  while (!text.empty()) {
    std::string_view alternatives = TakeUntil(text, ';');
    if (alternatives.empty() || alternatives.back() == ',') return false;
    auto& stream = streams.emplace_back();
    while (!alternatives.empty()) {
      std::string_view rid = TakeUntil(alternatives, ',');
      const bool paused = rid.starts_with('~');
      if (paused) rid.remove_prefix(1);
      if (!IsRid(rid) || ++rids > kSdpListMax) return false;
      stream.push_back({std::string(rid), paused});
    }
  }
  return true;
}

SdpFault ParseSimulcast(std::string_view value, SdpMedia& media) {
  SdpSimulcast simulcast;
  if (value.empty()) return "empty";
  while (!value.empty()) {
    const std::string_view direction = TakeToken(value);
    if (direction != "send" && direction != "recv") return "unknown direction";
    SdpSimulcastStreams& streams = direction == "send" ? simulcast.send : simulcast.recv;
    if (!streams.empty()) return "direction twice";
    if (!ParseStreams(TakeToken(value), streams)) return "bad list of streams";
  }
  media.simulcast = std::move(simulcast);
  return nullptr;
}

SdpFault ParseSsrc(std::string_view value, SdpMedia& media) {
  const auto number = ParseNumber<uint32_t>(TakeUntil(value, ' '));
  if (!number) return "bad number";
  auto ssrc = std::ranges::find(media.ssrcs, *number, &SdpSsrc::ssrc);
  if (ssrc == media.ssrcs.end()) {
    if (media.ssrcs.size() == kSdpListMax) return "too many";
    ssrc = media.ssrcs.insert(ssrc, SdpSsrc{.ssrc = *number, .cname = {}, .msid = {}});
  }
  const std::string_view name = TakeUntil(value, ':');
  if (name == "cname") ssrc->cname = value;
  if (name == "msid") ssrc->msid = value;
  return nullptr;
}

SdpFault ParseSsrcGroup(std::string_view value, SdpMedia& media) {
  if (media.ssrc_groups.size() == kSdpListMax) return "too many";
  SdpSsrcGroup group;
  group.semantics = TakeToken(value);
  if (group.semantics.empty()) return "no semantics";
  while (!value.empty()) {
    const auto ssrc = ParseNumber<uint32_t>(TakeToken(value));
    if (!ssrc) return "bad number";
    if (group.ssrcs.size() == kSdpListMax) return "too many numbers";
    group.ssrcs.push_back(*ssrc);
  }
  media.ssrc_groups.push_back(std::move(group));
  return nullptr;
}

SdpFault ParseMsid(std::string_view value, SdpMedia& media) {
  if (media.msids.size() == kSdpListMax) return "too many";
  SdpMsid msid;
  msid.stream = TakeToken(value);
  msid.track = TakeToken(value);
  if (msid.stream.empty()) return "no stream";
  media.msids.push_back(std::move(msid));
  return nullptr;
}

SdpFault ParseCandidate(std::string_view value, SdpMedia& media) {
  if (media.candidates.size() == kSdpListMax) return "too many";
  SdpCandidate candidate;
  candidate.foundation = TakeToken(value);
  const auto component = ParseNumber<uint16_t>(TakeToken(value));
  candidate.transport = LowerCase(TakeToken(value));
  const auto priority = ParseNumber<uint32_t>(TakeToken(value));
  candidate.address = TakeToken(value);
  const auto port = ParseNumber<uint16_t>(TakeToken(value));
  const std::string_view typ = TakeToken(value);
  candidate.type = TakeToken(value);
  if (!component || !priority || !port) return "bad number";
  if (typ != "typ" || candidate.type.empty()) return "no type";
  candidate.component = *component;
  candidate.priority = *priority;
  candidate.port = *port;
  candidate.rest = value;
  media.candidates.push_back(std::move(candidate));
  return nullptr;
}

constexpr SdpAttribute<SdpMedia> kAttributes[] = {
    {"rtpmap", ParseRtpmap},
    {"fmtp", ParseFmtp},
    {"rtcp-fb", ParseRtcpFeedback},
    {"extmap", ParseExtmap},
    {"ssrc", ParseSsrc},
    {"ssrc-group", ParseSsrcGroup},
    {"mid", ParseMid},
    {"sendrecv", SetDirection<SdpDirection::kSendRecv>},
    {"sendonly", SetDirection<SdpDirection::kSendOnly>},
    {"recvonly", SetDirection<SdpDirection::kRecvOnly>},
    {"inactive", SetDirection<SdpDirection::kInactive>},
    {"rtcp-mux", SetFlag<&SdpMedia::rtcp_mux>},
    {"rtcp-rsize", SetFlag<&SdpMedia::rtcp_rsize>},
    {"bundle-only", SetFlag<&SdpMedia::bundle_only>},
    {"end-of-candidates", SetFlag<&SdpMedia::end_of_candidates>},
    {"extmap-allow-mixed", ParseExtmapAllowMixed},
    {"rid", ParseRid},
    {"simulcast", ParseSimulcast},
    {"msid", ParseMsid},
    {"ice-ufrag", ParseIceUfrag},
    {"ice-pwd", ParseIcePwd},
    {"ice-options", ParseIceOptions},
    {"fingerprint", ParseFingerprint},
    {"setup", ParseSetup},
    {"candidate", ParseCandidate},
};

}  // namespace

bool ParseDirection(std::string_view name, SdpDirection& direction) {
  if (name == "sendrecv") {
    direction = SdpDirection::kSendRecv;
  } else if (name == "sendonly") {
    direction = SdpDirection::kSendOnly;
  } else if (name == "recvonly") {
    direction = SdpDirection::kRecvOnly;
  } else if (name == "inactive") {
    direction = SdpDirection::kInactive;
  } else {
    return false;
  }
  return true;
}

SdpFault ParseMediaAttribute(std::string_view name, std::string_view value, SdpMedia& media) {
  return Dispatch(kAttributes, name, value, media);
}

}  // namespace conclave::wire
