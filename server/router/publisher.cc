#include "router/publisher.h"

#include <algorithm>
#include <array>

namespace conclave::router {
namespace {

// RFC 4585: an item names at most 17 numbers; this many fit a datagram even if each needs its own.
constexpr size_t kNackedPerBlock = 200;
constexpr size_t kNackBlockBytes = 12 + 4 * kNackedPerBlock;
constexpr size_t kPliBytes = 12;
// A feedback block of a window of 1024 packets: chunks and deltas of two bytes each at the worst.
constexpr size_t kTwccBytes = 1100;
// All layers of a few cameras.
constexpr size_t kRembSsrcsMax = 16;
constexpr size_t kRembBytes = 20 + 4 * kRembSsrcsMax;
constexpr size_t kReportBlocksPerPacket = 16;
constexpr size_t kReportBytes = 8 + 24 * kReportBlocksPerPacket + 20;

}  // namespace

Publisher::Publisher(ParticipantIndex self, TouchedParticipants& touched, Random& random)
    : self_(self), touched_(touched), random_(random), rtcp_ssrc_(random.Next32() | 1) {}

std::vector<SourceTrack*> Publisher::AddTracks(std::span<const TrackConfig> tracks) {
  std::vector<SourceTrack*> added;
  for (const TrackConfig& config : tracks) {
    const auto exists = [&](const auto& track) { return track->id() == config.track; };
    if (tracks_.size() >= kTracksMax || std::ranges::any_of(tracks_, exists)) continue;
    const auto index = static_cast<uint16_t>(tracks_.size());
    tracks_.push_back(std::make_unique<SourceTrack>(config, self_, clock_, touched_));
    added.push_back(tracks_.back().get());
    const ExtensionIds& ids = config.extensions;
    const auto take = [](uint8_t& mine, uint8_t theirs) { mine = mine != 0 ? mine : theirs; };
    take(ids_.mid, ids.mid);
    take(ids_.rid, ids.rid);
    take(ids_.repaired_rid, ids.repaired_rid);
    take(ids_.audio_level, ids.audio_level);
    take(ids_.transport_cc, ids.transport_cc);
    take(ids_.dependency_descriptor, ids.dependency_descriptor);
    // One that tells transport-wide of its audio alone has no other word on its pictures.
    takes_remb_ |= config.remb && ids.transport_cc == 0;
    // With simulcast, a=ssrc lines (if any) do not say which encoding is whose.
    if (!config.rids.empty()) continue;
    if (config.ssrc != 0) Assign({index, 0, false}, config.ssrc);
    if (config.rtx_ssrc != 0) Assign({index, 0, true}, config.rtx_ssrc);
  }
  return added;
}

void Publisher::OnDeadline(Instant now, Duration rtt, RtcpSender& rtcp) {
  for (const std::unique_ptr<SourceTrack>& track : tracks_) {
    for (uint8_t i = 0; i < track->layers().size(); ++i) {
      TrackLayer& layer = track->layer(i);
      if (layer.nack.NextDeadline() <= now) WriteNacks(now, rtt, layer, rtcp);
      if (layer.nack.TakeKeyFrameNeeded()) track->RequestKeyFrame(now, i);
      WritePlis(now, layer, track->Dormant(now, i), rtcp);
    }
  }
  if (twcc_.NextDeadline() <= now) WriteFeedback(now, rtcp);
  if (remb_.NextDeadline() <= now) WriteRemb(now, rtcp);
  if (next_report_ <= now) WriteReports(now, rtcp);
}

Instant Publisher::NextDeadline() const {
  Instant next = std::min({twcc_.NextDeadline(), remb_.NextDeadline(), next_report_});
  for (const std::unique_ptr<SourceTrack>& track : tracks_) {
    for (const TrackLayer& layer : track->layers()) {
      if (layer.pli_due) return Instant();
      next = std::min({next, layer.nack.NextDeadline(), layer.keyframes.NextDeadline()});
    }
  }
  return next;
}

void Publisher::WriteNacks(Instant now, Duration rtt, TrackLayer& layer, RtcpSender& rtcp) {
  lost_.clear();
  layer.nack.OnDeadline(now, rtt, lost_);
  std::span<const uint16_t> rest = lost_;
  while (!rest.empty()) {
    const auto block = rest.first(std::min(rest.size(), kNackedPerBlock));
    wire::WriteNack(rtcp_ssrc_, layer.ssrc, block, rtcp.Reserve(kNackBlockBytes));
    rest = rest.subspan(block.size());
  }
}

void Publisher::WritePlis(Instant now, TrackLayer& layer, bool dormant, RtcpSender& rtcp) {
  if (layer.keyframes.NextDeadline() <= now && layer.keyframes.OnDeadline(now)) {
    layer.pli_due = true;
  }
  if (!layer.pli_due) return;
  layer.pli_due = false;
  // Before the layer's first packet there is nothing to name; what comes first, or after it was
  // switched off, is a key frame.
  if (layer.ssrc == 0 || dormant) return;
  wire::WritePli(rtcp_ssrc_, layer.ssrc, rtcp.Reserve(kPliBytes));
  ++keyframe_requests_;
}

void Publisher::WriteFeedback(Instant now, RtcpSender& rtcp) {
  if (!twcc_.OnDeadline(now)) return;
  while (twcc_.Write(rtcp_ssrc_, newest_ssrc_ != 0 ? newest_ssrc_ : 1, rtcp.Reserve(kTwccBytes)) >
         0) {
  }
}

void Publisher::WriteRemb(Instant now, RtcpSender& rtcp) {
  std::array<uint32_t, kRembSsrcsMax> ssrcs;
  size_t count = 0;
  int64_t expected = 0;
  int64_t received = 0;
  for (const std::unique_ptr<SourceTrack>& track : tracks_) {
    for (const TrackLayer& layer : track->layers()) {
      if (!layer.statistics) continue;
      expected += layer.statistics->expected();
      received += static_cast<int64_t>(layer.statistics->packets());
      if (track->config().remb && count < ssrcs.size()) ssrcs[count++] = layer.ssrc;
    }
  }
  const std::optional<DataRate> rate = remb_.OnDeadline(now, expected, received);
  if (!rate || count == 0) return;
  wire::WriteRemb(rtcp_ssrc_, rate->bps(), std::span(ssrcs).first(count), rtcp.Reserve(kRembBytes));
}

void Publisher::WriteReports(Instant now, RtcpSender& rtcp) {
  std::array<wire::ReportBlock, kReportBlocksPerPacket> blocks;
  size_t count = 0;
  for (const std::unique_ptr<SourceTrack>& track : tracks_) {
    for (TrackLayer& layer : track->layers()) {
      if (count == blocks.size() || !layer.statistics) continue;
      if (const auto block = layer.statistics->TakeBlock(now)) blocks[count++] = *block;
    }
  }
  ByteWriter& out = rtcp.Reserve(kReportBytes);
  wire::WriteReceiverReport(rtcp_ssrc_, std::span(blocks).first(count), out);
  wire::WriteSdesCname(rtcp_ssrc_, kServerCname, out);
  // Spread over 0.5 .. 1.5 of the interval (RFC 3550 section 6.2), and silent with the publisher.
  next_report_ = Instant::Never();
  if (!active_) return;
  active_ = false;
  next_report_ =
      now + Duration::Micros(kReportInterval.us() / 2 +
                             random_.Next32() % static_cast<uint32_t>(kReportInterval.us()));
}

}  // namespace conclave::router
