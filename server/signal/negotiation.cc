#include "signal/negotiation.h"

#include <algorithm>
#include <utility>

#include "signal/answer_sections.h"
#include "signal/codec_selection.h"
#include "signal/extension_selection.h"
#include "signal/limits.h"

namespace conclave::signal {
namespace {

constexpr size_t kUfragChars = 16;
constexpr size_t kPasswordChars = 32;

const NamedTrack* FindNamed(std::span<const NamedTrack> tracks, std::string_view mid) {
  for (const NamedTrack& track : tracks) {
    if (track.mid == mid) return &track;
  }
  return nullptr;
}

// RFC 5576 FID: the media's SSRC and that of its retransmissions; 0 where not said.
std::pair<uint32_t, uint32_t> AnnouncedSsrcs(const wire::SdpMedia& section) {
  for (const wire::SdpSsrcGroup& group : section.ssrc_groups) {
    if (group.semantics == "FID" && group.ssrcs.size() == 2) {
      return {group.ssrcs[0], group.ssrcs[1]};
    }
  }
  return {section.ssrcs.empty() ? 0 : section.ssrcs.front().ssrc, 0};
}

bool IsRtp(const wire::SdpMedia& section) {
  // RFC 8829 section 5.1.2: answered as offered, of which only the profile with feedback is usable.
  return (section.kind == "audio" || section.kind == "video") &&
         section.protocol == "UDP/TLS/RTP/SAVPF" && section.rtcp_mux;
}

}  // namespace

Negotiation::Negotiation(AnswerIdentity identity, Random& random, MediaIds& ids)
    : identity_(std::move(identity)), random_(random), ids_(ids) {
  // RFC 8866 section 5.2; 62 bits, because some parsers read a signed number.
  session_id_ = random_.Next64() >> 2;
}

Negotiation::~Negotiation() {
  for (const router::SlotConfig& slot : slots_) {
    ids_.ReleaseSsrc(slot.ssrc);
    if (slot.rtx_ssrc != 0) ids_.ReleaseSsrc(slot.rtx_ssrc);
  }
}

Result<NegotiatedOffer> Negotiation::Apply(std::string_view sdp,
                                           std::span<const NamedTrack> tracks) {
  const Result<Offer> offer = ParseOffer(sdp, tracks);
  if (!offer) return offer.error();
  if (auto problem = CheckAgainstEarlier(*offer)) return *problem;
  const size_t tracks_before = tracks_.size();
  const size_t slots_before = slots_.size();
  NegotiatedOffer out;
  out.ice_restarted = UpdateIce(*offer);
  Place(*offer, tracks);
  out.answer = Answer(*offer);
  out.new_tracks.assign(tracks_.begin() + static_cast<std::ptrdiff_t>(tracks_before),
                        tracks_.end());
  out.new_slots.assign(slots_.begin() + static_cast<std::ptrdiff_t>(slots_before), slots_.end());
  return out;
}

std::optional<Error> Negotiation::CheckAgainstEarlier(const Offer& offer) const {
  if (sections_.empty()) return std::nullopt;
  if (offer.fingerprint != remote_fingerprint_) return Error{"offer: another fingerprint"};
  const auto& media = offer.description.media;
  if (media.size() < sections_.size()) return Error{"offer: fewer media sections than before"};
  for (size_t i = 0; i < sections_.size(); ++i) {
    // RFC 8829 section 5.2.2: a rejected section may come back as another one.
    if (sections_[i].role == Role::kRejected) continue;
    if (media[i].mid != sections_[i].mid || media[i].kind != sections_[i].kind) {
      return Error{"offer: section " + std::to_string(i) + " is no longer mid " + sections_[i].mid};
    }
  }
  return std::nullopt;
}

bool Negotiation::UpdateIce(const Offer& offer) {
  const bool first = sections_.empty();
  const bool changed = offer.ice.ufrag != remote_.ufrag || offer.ice.password != remote_.password;
  if (!first && !changed) return false;
  remote_ = offer.ice;
  remote_fingerprint_ = offer.fingerprint;
  local_ = {random_.Text(kIceChars, kUfragChars), random_.Text(kIceChars, kPasswordChars)};
  return !first;
}

Negotiation::Role Negotiation::DecideRole(const Offer& offer, const wire::SdpMedia& section,
                                          bool named) const {
  const SectionRole as = named ? SectionRole::kTrack : SectionRole::kSlot;
  if (IsRejected(section) || !IsRtp(section) || !offer.IsBundled(section.mid) ||
      SelectCodecs(section, as).codecs.empty()) {
    return Role::kRejected;
  }
  if (named && tracks_.size() < kTracksPerParticipantMax) return Role::kTrack;
  if (section.direction == wire::SdpDirection::kRecvOnly &&
      slots_.size() < kSlotsPerParticipantMax) {
    return Role::kSlot;
  }
  return Role::kInactive;
}

void Negotiation::Place(const Offer& offer, std::span<const NamedTrack> tracks) {
  const auto& media = offer.description.media;
  sections_.resize(media.size());
  for (size_t i = 0; i < media.size(); ++i) {
    Section& section = sections_[i];
    if (section.role == Role::kTrack || section.role == Role::kSlot) continue;
    const NamedTrack* named = FindNamed(tracks, media[i].mid);
    section = {media[i].mid, media[i].kind, DecideRole(offer, media[i], named != nullptr), 0};
    if (section.role == Role::kTrack) {
      section.index = tracks_.size();
      AddTrack(media[i], *named);
    } else if (section.role == Role::kSlot) {
      section.index = slots_.size();
      AddSlot(media[i]);
    }
  }
}

void Negotiation::AddTrack(const wire::SdpMedia& section, const NamedTrack& named) {
  router::TrackConfig track;
  track.track = ids_.NextTrack();
  track.source = named.source;
  track.mid = section.mid;
  track.rids = OfferedRids(section);
  // With simulcast each RID has SSRCs of its own, which the packets themselves tell.
  if (track.rids.empty()) std::tie(track.ssrc, track.rtx_ssrc) = AnnouncedSsrcs(section);
  SelectedCodecs selected = SelectCodecs(section, SectionRole::kTrack);
  track.codecs = std::move(selected.codecs);
  track.remb = selected.remb;
  track.extensions = SelectExtensions(section, SectionRole::kTrack).ids;
  track.muted = named.muted;
  tracks_.push_back(std::move(track));
}

void Negotiation::AddSlot(const wire::SdpMedia& section) {
  router::SlotConfig slot;
  last_slot_ = SlotId(static_cast<SlotId::rep>(last_slot_.value() + 1));
  slot.slot = last_slot_;
  slot.kind = section.kind == "audio" ? router::MediaKind::kAudio : router::MediaKind::kVideo;
  slot.mid = section.mid;
  SelectedCodecs selected = SelectCodecs(section, SectionRole::kSlot);
  slot.codecs = std::move(selected.codecs);
  slot.ccfb = selected.ccfb;
  slot.audio_nack = selected.audio_nack;
  slot.red_payload_type = selected.red_payload_type;
  slot.extensions = SelectExtensions(section, SectionRole::kSlot).ids;
  slot.ssrc = ids_.TakeSsrc();
  const bool rtx =
      std::any_of(slot.codecs.begin(), slot.codecs.end(),
                  [](const router::CodecConfig& codec) { return codec.rtx_payload_type != 0; });
  if (rtx) slot.rtx_ssrc = ids_.TakeSsrc();
  slots_.push_back(std::move(slot));
}

std::string Negotiation::Answer(const Offer& offer) {
  wire::SessionDescription answer;
  answer.origin = {"-", session_id_, ++session_version_};
  answer.ice_lite = true;
  // RFC 8285 section 4.1.2: at the level of the offer. Without it a browser cannot send the
  // template structure of a scalable stream, which needs the two-byte form.
  answer.extmap_allow_mixed = offer.description.extmap_allow_mixed;
  // "*": the msids of the media sections (draft-ietf-mmusic-msid); old stacks look for the line.
  answer.msid_semantic = "WMS *";
  wire::SdpGroup bundle{"BUNDLE", {}};
  for (size_t i = 0; i < sections_.size(); ++i) {
    wire::SdpMedia section = AnswerSection(offer.description.media[i], sections_[i]);
    if (section.port != 0) {
      FillTransport(section);
      // Only the first section of the bundle brings candidates (RFC 9143 section 7.3.1).
      if (bundle.mids.empty()) {
        section.candidates = HostCandidates(identity_.candidates);
        section.end_of_candidates = true;
      }
      bundle.mids.push_back(section.mid);
    }
    answer.media.push_back(std::move(section));
  }
  if (!bundle.mids.empty()) answer.groups.push_back(std::move(bundle));
  return wire::ToString(answer);
}

wire::SdpMedia Negotiation::AnswerSection(const wire::SdpMedia& offered,
                                          const Section& section) const {
  if (section.role == Role::kRejected || IsRejected(offered)) return AnswerRejectedSection(offered);
  if (section.role == Role::kTrack && Sends(offered)) {
    return AnswerTrackSection(offered, tracks_[section.index].rids);
  }
  if (section.role == Role::kSlot && offered.direction == wire::SdpDirection::kRecvOnly) {
    return AnswerSlotSection(offered, slots_[section.index]);
  }
  return AnswerInactiveSection(offered);
}

void Negotiation::FillTransport(wire::SdpMedia& answer) const {
  answer.ice_ufrag = local_.ufrag;
  answer.ice_pwd = local_.password;
  answer.fingerprint =
      wire::SdpFingerprint{"sha-256", {identity_.fingerprint.begin(), identity_.fingerprint.end()}};
  answer.setup = wire::SdpSetup::kPassive;
}

}  // namespace conclave::signal
