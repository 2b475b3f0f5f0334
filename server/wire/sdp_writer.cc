#include <algorithm>
#include <string>

#include "wire/sdp.h"

namespace conclave::wire {
namespace {

std::string_view Name(SdpDirection direction) {
  switch (direction) {
    case SdpDirection::kSendRecv:
      return "sendrecv";
    case SdpDirection::kSendOnly:
      return "sendonly";
    case SdpDirection::kRecvOnly:
      return "recvonly";
    case SdpDirection::kInactive:
      break;
  }
  return "inactive";
}

std::string_view Name(SdpSetup setup) {
  switch (setup) {
    case SdpSetup::kActpass:
      return "actpass";
    case SdpSetup::kActive:
      return "active";
    case SdpSetup::kPassive:
      return "passive";
    case SdpSetup::kHoldconn:
      break;
  }
  return "holdconn";
}

class Writer {
 public:
  template <typename... Parts>
  void Line(const Parts&... parts) {
    (Append(parts), ...);
    out_ += "\r\n";
  }
  void Append(std::string_view text) { out_ += text; }
  void Append(uint64_t number) { out_ += std::to_string(number); }
  void EndLine() { out_ += "\r\n"; }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

void WriteFingerprint(const SdpFingerprint& fingerprint, Writer& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const uint8_t byte : fingerprint.digest) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  out.Line("a=fingerprint:", fingerprint.hash, " ", text);
}

// What SessionDescription and SdpMedia have in common.
template <typename Section>
void WriteTransport(const Section& section, Writer& out) {
  if (section.extmap_allow_mixed) out.Line("a=extmap-allow-mixed");
  if (!section.ice_ufrag.empty()) out.Line("a=ice-ufrag:", section.ice_ufrag);
  if (!section.ice_pwd.empty()) out.Line("a=ice-pwd:", section.ice_pwd);
  if (!section.ice_options.empty()) {
    out.Append("a=ice-options:");
    for (size_t i = 0; i < section.ice_options.size(); ++i) {
      if (i > 0) out.Append(" ");
      out.Append(section.ice_options[i]);
    }
    out.EndLine();
  }
  if (section.fingerprint) WriteFingerprint(*section.fingerprint, out);
  if (section.setup) out.Line("a=setup:", Name(*section.setup));
}

void WriteFormat(const SdpFormat& format, Writer& out) {
  const uint64_t number = format.payload_type;
  if (!format.name.empty()) {
    out.Append("a=rtpmap:");
    out.Append(number);
    out.Append(" " + format.name + "/" + std::to_string(format.clock_rate));
    if (format.channels != 1) out.Append("/" + std::to_string(format.channels));
    out.EndLine();
  }
  for (const std::string& feedback : format.feedback) {
    if (feedback != kSdpCcfb) out.Line("a=rtcp-fb:", number, " ", feedback);
  }
  if (!format.fmtp.empty()) out.Line("a=fmtp:", number, " ", format.fmtp);
}

void WriteStreams(std::string_view direction, const SdpSimulcastStreams& streams, Writer& out) {
  if (streams.empty()) return;
  out.Append(direction);
  for (size_t i = 0; i < streams.size(); ++i) {
    for (size_t j = 0; j < streams[i].size(); ++j) {
      out.Append(j > 0 ? "," : i > 0 ? ";" : "");
      out.Append(streams[i][j].paused ? "~" : "");
      out.Append(streams[i][j].rid);
    }
  }
}

void WriteSimulcast(const SdpMedia& media, Writer& out) {
  for (const SdpRid& rid : media.rids) {
    const std::string_view direction = rid.direction == SdpRidDirection::kSend ? "send" : "recv";
    out.Line("a=rid:", rid.id, " ", direction, rid.restrictions.empty() ? "" : " ",
             rid.restrictions);
  }
  if (!media.simulcast) return;
  out.Append("a=simulcast:");
  WriteStreams("send ", media.simulcast->send, out);
  const bool both = !media.simulcast->send.empty() && !media.simulcast->recv.empty();
  WriteStreams(both ? " recv " : "recv ", media.simulcast->recv, out);
  out.EndLine();
}

void WriteSources(const SdpMedia& media, Writer& out) {
  for (const SdpSsrcGroup& group : media.ssrc_groups) {
    out.Append("a=ssrc-group:");
    out.Append(group.semantics);
    for (const uint32_t ssrc : group.ssrcs) {
      out.Append(" ");
      out.Append(uint64_t{ssrc});
    }
    out.EndLine();
  }
  for (const auto& [ssrc, cname, msid] : media.ssrcs) {
    const uint64_t number = ssrc;
    if (!cname.empty()) out.Line("a=ssrc:", number, " cname:", cname);
    if (!msid.empty()) out.Line("a=ssrc:", number, " msid:", msid);
    if (cname.empty() && msid.empty()) out.Line("a=ssrc:", number);
  }
}

void WriteCandidates(const SdpMedia& media, Writer& out) {
  for (const SdpCandidate& c : media.candidates) {
    out.Line("a=candidate:", c.foundation, " ", uint64_t{c.component}, " ", c.transport, " ",
             uint64_t{c.priority}, " ", c.address, " ", uint64_t{c.port}, " typ ", c.type,
             c.rest.empty() ? "" : " ", c.rest);
  }
  if (media.end_of_candidates) out.Line("a=end-of-candidates");
}

void WriteMediaLine(const SdpMedia& media, Writer& out) {
  out.Append("m=" + media.kind + " " + std::to_string(media.port) + " " + media.protocol);
  for (const SdpFormat& format : media.formats) {
    out.Append(" ");
    out.Append(uint64_t{format.payload_type});
  }
  for (const std::string& format : media.other_formats) out.Append(" " + format);
  out.EndLine();
  const IpAddress address = media.connection.value_or(IpAddress::V4(0, 0, 0, 0));
  out.Line(address.is_v4() ? "c=IN IP4 " : "c=IN IP6 ", address.ToString());
}

void WriteMedia(const SdpMedia& media, Writer& out) {
  WriteMediaLine(media, out);
  WriteCandidates(media, out);
  WriteTransport(media, out);
  if (!media.mid.empty()) out.Line("a=mid:", media.mid);
  for (const SdpExtmap& extmap : media.extmaps) {
    out.Line("a=extmap:", uint64_t{extmap.id}, extmap.direction ? "/" : "",
             extmap.direction ? Name(*extmap.direction) : "", " ", extmap.uri);
  }
  out.Line("a=", Name(media.direction));
  for (const SdpMsid& msid : media.msids) {
    out.Line("a=msid:", msid.stream, msid.track.empty() ? "" : " ", msid.track);
  }
  if (media.rtcp_mux) out.Line("a=rtcp-mux");
  if (media.rtcp_rsize) out.Line("a=rtcp-rsize");
  if (media.bundle_only) out.Line("a=bundle-only");
  for (const SdpFormat& format : media.formats) WriteFormat(format, out);
  const auto has_ccfb = [](const SdpFormat& format) {
    return std::ranges::find(format.feedback, kSdpCcfb) != format.feedback.end();
  };
  if (std::ranges::any_of(media.formats, has_ccfb)) out.Line("a=rtcp-fb:* ", kSdpCcfb);
  WriteSimulcast(media, out);
  WriteSources(media, out);
}

}  // namespace

std::string ToString(const SessionDescription& description) {
  Writer out;
  const SdpOrigin& origin = description.origin;
  out.Line("v=0");
  out.Line("o=", origin.username, " ", origin.session_id, " ", origin.session_version,
           " IN IP4 127.0.0.1");
  out.Line("s=", description.session_name);
  out.Line("t=0 0");
  for (const SdpGroup& group : description.groups) {
    out.Append("a=group:" + group.semantics);
    for (const std::string& mid : group.mids) out.Append(" " + mid);
    out.EndLine();
  }
  if (!description.msid_semantic.empty()) out.Line("a=msid-semantic: ", description.msid_semantic);
  if (description.ice_lite) out.Line("a=ice-lite");
  WriteTransport(description, out);
  for (const SdpMedia& media : description.media) WriteMedia(media, out);
  return out.Take();
}

}  // namespace conclave::wire
