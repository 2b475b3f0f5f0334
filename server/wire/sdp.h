// Session descriptions as WebRTC uses them (RFC 8866, RFC 8829, RFC 9143): parsed into plain values
// and printed from them. Offers and answers alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/socket_address.h"

namespace conclave::wire {

// Decisions 22: a browser's offer with 4+49 slots has 242 KB in some 6,000 lines.
inline constexpr size_t kSdpBytesMax = 512 * 1024;
inline constexpr size_t kSdpLinesMax = 32768;
inline constexpr size_t kSdpMediaMax = 128;
// Payload types have seven bits.
inline constexpr size_t kSdpFormatsMax = 128;
// Per media section: extmaps, candidates, rids, ssrcs and ssrc-groups each.
inline constexpr size_t kSdpListMax = 256;

enum class SdpDirection : uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };
enum class SdpSetup : uint8_t { kActpass, kActive, kPassive, kHoldconn };

struct SdpFingerprint {
  // Lower case: "sha-256".
  std::string hash;
  std::vector<uint8_t> digest;
  bool operator==(const SdpFingerprint&) const = default;
};

// RFC 8888 section 6: of the whole section always, "a=rtcp-fb:* ack ccfb".
inline constexpr std::string_view kSdpCcfb = "ack ccfb";

// One number of the m-line with its a=rtpmap, a=fmtp and a=rtcp-fb.
struct SdpFormat {
  uint8_t payload_type = 0;
  // Empty where there is no a=rtpmap (a static payload type).
  std::string name;
  uint32_t clock_rate = 0;
  // Audio only; 1 where not said.
  uint8_t channels = 1;
  std::string fmtp;
  // "nack", "nack pli", "transport-cc", ...; a wildcard line counts for every format.
  std::vector<std::string> feedback;
  bool operator==(const SdpFormat&) const = default;
};

struct SdpExtmap {
  uint16_t id = 0;
  std::string uri;
  std::optional<SdpDirection> direction;
  bool operator==(const SdpExtmap&) const = default;
};

enum class SdpRidDirection : uint8_t { kSend, kRecv };
struct SdpRid {
  std::string id;
  SdpRidDirection direction = SdpRidDirection::kSend;
  // As written: "pt=96;max-width=1280", or empty.
  std::string restrictions;
  bool operator==(const SdpRid&) const = default;
};

// RFC 8853: a list of streams; each a list of alternative rids, most preferred first.
struct SdpSimulcastRid {
  std::string rid;
  bool paused = false;
  bool operator==(const SdpSimulcastRid&) const = default;
};
using SdpSimulcastStreams = std::vector<std::vector<SdpSimulcastRid>>;
struct SdpSimulcast {
  SdpSimulcastStreams send;
  SdpSimulcastStreams recv;
  bool operator==(const SdpSimulcast&) const = default;
};

struct SdpSsrc {
  uint32_t ssrc = 0;
  // Empty where not said.
  std::string cname;
  std::string msid;
  bool operator==(const SdpSsrc&) const = default;
};
struct SdpSsrcGroup {
  // "FID", "SIM", "FEC-FR".
  std::string semantics;
  std::vector<uint32_t> ssrcs;
  bool operator==(const SdpSsrcGroup&) const = default;
};

struct SdpMsid {
  // "-" where the track is in no stream.
  std::string stream;
  // May be empty.
  std::string track;
  bool operator==(const SdpMsid&) const = default;
};

struct SdpCandidate {
  std::string foundation;
  uint16_t component = 1;
  // Lower case: "udp", "tcp".
  std::string transport;
  uint32_t priority = 0;
  // As written: an address, or an mDNS name that ends in ".local".
  std::string address;
  uint16_t port = 0;
  // "host", "srflx", "prflx", "relay".
  std::string type;
  // What follows, as written: "raddr 0.0.0.0 rport 9 generation 0", or empty.
  std::string rest;
  // nullopt for a name.
  std::optional<IpAddress> ip() const { return IpAddress::Parse(address); }
  bool operator==(const SdpCandidate&) const = default;
};

struct SdpMedia {
  // "audio", "video", "application".
  std::string kind;
  // 0: rejected, or (in an offer) bundle-only.
  uint16_t port = 9;
  std::string protocol = "UDP/TLS/RTP/SAVPF";
  // In the order of the m-line. Formats that are not payload types (data channels) are in
  // other_formats.
  std::vector<SdpFormat> formats;
  std::vector<std::string> other_formats;
  // Of c=; nullopt for 0.0.0.0 and where the media section has none.
  std::optional<IpAddress> connection;

  std::string mid;
  SdpDirection direction = SdpDirection::kSendRecv;
  bool rtcp_mux = false;
  bool rtcp_rsize = false;
  bool bundle_only = false;
  bool extmap_allow_mixed = false;
  std::vector<SdpExtmap> extmaps;
  std::vector<SdpRid> rids;
  std::optional<SdpSimulcast> simulcast;
  std::vector<SdpSsrc> ssrcs;
  std::vector<SdpSsrcGroup> ssrc_groups;
  std::vector<SdpMsid> msids;

  // Where the section has none of its own, the session's apply.
  std::string ice_ufrag;
  std::string ice_pwd;
  std::vector<std::string> ice_options;
  std::optional<SdpFingerprint> fingerprint;
  std::optional<SdpSetup> setup;
  std::vector<SdpCandidate> candidates;
  bool end_of_candidates = false;

  bool operator==(const SdpMedia&) const = default;

  const SdpFormat* FindFormat(uint8_t payload_type) const;
  const SdpExtmap* FindExtmap(std::string_view uri) const;
};

struct SdpGroup {
  // "BUNDLE".
  std::string semantics;
  std::vector<std::string> mids;
  bool operator==(const SdpGroup&) const = default;
};

struct SdpOrigin {
  std::string username = "-";
  uint64_t session_id = 0;
  uint64_t session_version = 0;
  bool operator==(const SdpOrigin&) const = default;
};

struct SessionDescription {
  SdpOrigin origin;
  std::string session_name = "-";
  std::vector<SdpGroup> groups;
  bool ice_lite = false;
  bool extmap_allow_mixed = false;
  // As written: " WMS *" without the leading space; empty where absent.
  std::string msid_semantic;
  std::string ice_ufrag;
  std::string ice_pwd;
  std::vector<std::string> ice_options;
  std::optional<SdpFingerprint> fingerprint;
  std::optional<SdpSetup> setup;
  std::vector<SdpMedia> media;
  bool operator==(const SessionDescription&) const = default;

  // The value that applies to a section: its own, else the session's.
  const std::string& IceUfrag(const SdpMedia& section) const;
  const std::string& IcePwd(const SdpMedia& section) const;
  const std::optional<SdpFingerprint>& Fingerprint(const SdpMedia& section) const;
  std::optional<SdpSetup> Setup(const SdpMedia& section) const;
};

// Lines end in CRLF or LF. Unknown attributes and lines are skipped, as are a=rtcp-fb, a=fmtp and
// a=rtpmap for payload types that the m-line does not have (Firefox writes them). An error names
// the line: "sdp line 12: a=rid: bad direction".
Result<SessionDescription> ParseSdp(std::string_view text);

// With CRLF. ParseSdp(ToString(x)) == x for every x that ParseSdp can return.
std::string ToString(const SessionDescription& description);

}  // namespace conclave::wire
