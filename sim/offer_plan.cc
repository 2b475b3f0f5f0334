#include "sim/offer_plan.h"

#include <algorithm>

#include "router/media_kind.h"
#include "wire/rtp_extensions.h"
#include "wire/sdp.h"

namespace conclave::sim {
namespace {

constexpr uint16_t kMidId = 4;
constexpr uint16_t kAudioLevelId = 1;
constexpr uint16_t kTransportCcId = 3;
constexpr uint16_t kAbsSendTimeId = 2;
constexpr uint16_t kRidId = 10;
constexpr uint16_t kRepairedRidId = 11;

std::string_view SdpName(router::CodecName codec) {
  switch (codec) {
    case router::CodecName::kOpus:
      return "opus";
    case router::CodecName::kVp9:
      return "VP9";
    case router::CodecName::kAv1:
      return "AV1";
    default:
      return "VP8";
  }
}

wire::SdpExtmap Extmap(uint16_t id, std::string_view uri) { return {id, std::string(uri), {}}; }

wire::SdpMedia Section(const OfferPlan& plan, router::MediaKind kind, size_t mid) {
  const bool audio = kind == router::MediaKind::kAudio;
  wire::SdpMedia media;
  media.kind = audio ? "audio" : "video";
  media.mid = std::to_string(mid);
  media.rtcp_mux = true;
  media.rtcp_rsize = true;
  media.ice_ufrag = plan.ice.ufrag;
  media.ice_pwd = plan.ice.password;
  media.fingerprint = {"sha-256", {plan.fingerprint.begin(), plan.fingerprint.end()}};
  media.setup = wire::SdpSetup::kActpass;
  media.extmaps = {Extmap(kMidId, wire::kMidUri), Extmap(kAbsSendTimeId, wire::kAbsSendTimeUri),
                   Extmap(kTransportCcId, wire::kTransportCcUri)};
  if (audio) {
    media.extmaps.push_back(Extmap(kAudioLevelId, wire::kAudioLevelUri));
    media.formats = {{plan.opus_payload_type, "opus", 48000, 2, "minptime=10", {"transport-cc"}}};
    return media;
  }
  media.extmaps.push_back(Extmap(kRidId, wire::kRidUri));
  media.extmaps.push_back(Extmap(kRepairedRidId, wire::kRepairedRidUri));
  uint8_t payload_type = plan.vp8_payload_type;
  for (const router::CodecName codec : plan.video_codecs) {
    media.formats.push_back({payload_type,
                             std::string(SdpName(codec)),
                             90000,
                             1,
                             "",
                             {"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"}});
    const auto rtx = static_cast<uint8_t>(payload_type + 1);
    media.formats.push_back({rtx, "rtx", 90000, 1, "apt=" + std::to_string(payload_type), {}});
    payload_type = static_cast<uint8_t>(payload_type + 2);
  }
  return media;
}

wire::SdpMedia SenderSection(const OfferPlan& plan, const OfferedSender& sender, size_t mid) {
  wire::SdpMedia media = Section(plan, router::KindOf(sender.source), mid);
  media.direction = wire::SdpDirection::kSendOnly;
  media.msids = {{"-", "track" + std::to_string(mid)}};
  if (sender.layers < 2) return media;
  wire::SdpSimulcast simulcast;
  for (size_t layer = 0; layer < sender.layers; ++layer) {
    const std::string rid(1, "qhf"[layer % 3]);
    media.rids.push_back({rid, wire::SdpRidDirection::kSend, ""});
    simulcast.send.push_back({{rid, false}});
  }
  media.simulcast = std::move(simulcast);
  return media;
}

uint8_t IdOf(const wire::SdpMedia& media, std::string_view uri) {
  const wire::SdpExtmap* extmap = media.FindExtmap(uri);
  return extmap ? static_cast<uint8_t>(extmap->id) : uint8_t{0};
}

router::ExtensionIds ExtensionsOf(const wire::SdpMedia& media) {
  router::ExtensionIds ids;
  ids.mid = IdOf(media, wire::kMidUri);
  ids.rid = IdOf(media, wire::kRidUri);
  ids.repaired_rid = IdOf(media, wire::kRepairedRidUri);
  ids.audio_level = IdOf(media, wire::kAudioLevelUri);
  ids.transport_cc = IdOf(media, wire::kTransportCcUri);
  ids.abs_send_time = IdOf(media, wire::kAbsSendTimeUri);
  return ids;
}

// The codecs of the section that scripted clients know, each with its RTX.
std::vector<router::CodecConfig> CodecsOf(const wire::SdpMedia& media) {
  using router::CodecName;
  std::vector<router::CodecConfig> codecs;
  for (const wire::SdpFormat& format : media.formats) {
    for (const CodecName name :
         {CodecName::kOpus, CodecName::kVp8, CodecName::kVp9, CodecName::kAv1}) {
      if (format.name != SdpName(name)) continue;
      router::CodecConfig codec;
      codec.name = name;
      codec.payload_type = format.payload_type;
      for (const wire::SdpFormat& rtx : media.formats) {
        if (rtx.fmtp == "apt=" + std::to_string(format.payload_type)) {
          codec.rtx_payload_type = rtx.payload_type;
        }
      }
      codecs.push_back(codec);
    }
  }
  return codecs;
}

bool ReadSender(const OfferedSender& sender, const wire::SdpMedia& media,
                MediaClientConfig& config) {
  const auto codecs = CodecsOf(media);
  if (codecs.empty() || media.direction != wire::SdpDirection::kRecvOnly) return false;
  router::TrackConfig track;
  track.source = sender.source;
  track.mid = media.mid;
  track.codecs = codecs;
  track.extensions = ExtensionsOf(media);
  track.muted = sender.muted;
  if (media.simulcast) {
    for (const auto& alternatives : media.simulcast->recv) {
      track.rids.push_back(alternatives.at(0).rid);
    }
  }
  if (sender.layers > 1 && track.rids.size() != sender.layers) return false;
  config.tracks.push_back(std::move(track));
  return true;
}

bool ReadSlot(const wire::SdpMedia& media, MediaClientConfig& config) {
  const auto codecs = CodecsOf(media);
  if (codecs.empty() || media.direction != wire::SdpDirection::kSendOnly || media.ssrcs.empty() ||
      media.msids.empty()) {
    return false;
  }
  router::SlotConfig slot;
  slot.kind = media.kind == "audio" ? router::MediaKind::kAudio : router::MediaKind::kVideo;
  slot.mid = media.mid;
  slot.codecs = codecs;
  slot.extensions = ExtensionsOf(media);
  slot.ssrc = media.ssrcs[0].ssrc;
  for (const wire::SdpSsrcGroup& group : media.ssrc_groups) {
    if (group.semantics == "FID" && group.ssrcs.size() == 2) slot.rtx_ssrc = group.ssrcs[1];
  }
  config.slots.push_back(std::move(slot));
  return true;
}

bool ReadTransport(const OfferPlan& plan, const wire::SessionDescription& answer,
                   MediaClientConfig& config) {
  const wire::SdpMedia& first = answer.media.at(0);
  config.remote = {answer.IceUfrag(first), answer.IcePwd(first)};
  const auto& fingerprint = answer.Fingerprint(first);
  if (!fingerprint || fingerprint->digest.size() != config.server_fingerprint.size()) return false;
  std::ranges::copy(fingerprint->digest, config.server_fingerprint.begin());
  if (answer.Setup(first) != wire::SdpSetup::kPassive || first.candidates.empty()) return false;
  bool reachable = false;
  for (const wire::SdpCandidate& candidate : first.candidates) {
    const auto ip = candidate.ip();
    if (!ip || (reachable && ip != plan.server_ip)) continue;
    config.server = {*ip, candidate.port};
    reachable = true;
  }
  return reachable && answer.ice_lite;
}

}  // namespace

std::string WriteOffer(const OfferPlan& plan) {
  wire::SessionDescription offer;
  offer.origin.session_id = 1;
  offer.origin.session_version = 2;
  offer.groups = {{"BUNDLE", {}}};
  for (const OfferedSender& sender : plan.senders) {
    offer.media.push_back(SenderSection(plan, sender, offer.media.size()));
  }
  for (size_t i = 0; i < plan.audio_slots + plan.video_slots; ++i) {
    const auto kind = i < plan.audio_slots ? router::MediaKind::kAudio : router::MediaKind::kVideo;
    offer.media.push_back(Section(plan, kind, offer.media.size()));
    offer.media.back().direction = wire::SdpDirection::kRecvOnly;
  }
  for (const wire::SdpMedia& media : offer.media) offer.groups[0].mids.push_back(media.mid);
  return wire::ToString(offer);
}

std::optional<MediaClientConfig> ReadAnswer(const OfferPlan& plan, std::string_view text) {
  const auto answer = wire::ParseSdp(text);
  const size_t sections = plan.senders.size() + plan.audio_slots + plan.video_slots;
  if (!answer || answer->media.size() != sections) return std::nullopt;
  MediaClientConfig config;
  config.local = plan.ice;
  if (!ReadTransport(plan, *answer, config)) return std::nullopt;
  for (size_t i = 0; i < sections; ++i) {
    const bool understood = i < plan.senders.size()
                                ? ReadSender(plan.senders[i], answer->media[i], config)
                                : ReadSlot(answer->media[i], config);
    if (!understood) return std::nullopt;
  }
  return config;
}

}  // namespace conclave::sim
