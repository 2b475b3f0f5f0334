#include "router/receiver.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <utility>

#include "base/byte_reader.h"
#include "base/prefetch.h"
#include "router/packet_writer.h"

namespace conclave::router {
namespace {

// A NACK that names more than a second of a large stream is a mistake or an attack.
constexpr size_t kNackedMax = 512;
// SR without report blocks is 28 bytes, SDES with our CNAME 20.
constexpr size_t kReportBytes = 64;
// RFC 768 beside RFC 791 and RFC 8200, without options.
constexpr size_t kUdpIpv4Bytes = 28;
constexpr size_t kUdpIpv6Bytes = 48;
// RFC 3550 section 5.1: the count is one byte.
constexpr uint8_t kProbePadding = 255;
// A late timer must not turn a burst into a flood: 20 ms at 6 Mbps.
constexpr int kFillsAtOnceMax = 60;

std::span<uint8_t> Plain(std::span<uint8_t> destination) {
  return destination.first(destination.size() - transport::PeerTransport::kMaxRtpOverhead);
}

size_t NetworkBytes(const std::optional<Path>& path) {
  return path && path->remote.ip.is_v4() ? kUdpIpv4Bytes : kUdpIpv6Bytes;
}

// 0 where the slot has no RTX stream.
uint8_t RtxPayloadType(const SlotConfig& slot) {
  if (slot.rtx_ssrc == 0) return 0;
  for (const CodecConfig& codec : slot.codecs) {
    if (codec.rtx_payload_type != 0) return codec.rtx_payload_type;
  }
  return 0;
}

// Whether transport feedback tells of its packets.
bool Told(const SlotConfig& slot) { return slot.extensions.transport_cc != 0 || slot.ccfb; }

}  // namespace

void Receiver::AddSlots(std::span<const SlotConfig> slots) {
  for (const SlotConfig& config : slots) {
    const auto exists = [&](const auto& slot) { return slot->config().slot == config.slot; };
    if (slots_.size() >= kSlotsMax || std::ranges::any_of(slots_, exists)) continue;
    slots_.push_back(std::make_unique<Slot>(config, static_cast<uint16_t>(slots_.size()), egress_,
                                            histories_, random_));
  }
}

bool Receiver::Flush(Instant now, transport::PeerTransport& transport, SendBatch& batch,
                     FlushCounts& counts) {
  const std::optional<Path> path = transport.selected_path();
  Outlet outlet{now, transport, path, NetworkBytes(path), batch, counts};
  if (egress_.TakeOverflow()) DropVideo(now);
  Thin(now);
  downlink_.SetTurn(egress_.turn());
  if (!SendQueued(outlet) || !SendFill(outlet)) return false;
  downlink_.EndFlush();
  egress_.Drained();
  // What could leave and did not is padding that no slot can carry.
  const bool idle = !egress_.Next() && downlink_.MayFill(now);
  flush_at_ = idle ? Instant::Never() : downlink_.NextSend(now, egress_.queued_bytes());
  if (next_report_ == Instant::Never()) next_report_ = now + ReportSpacing();
  return true;
}

void Receiver::PrefetchForFlush(int step) const {
  if (step == 0) {
    egress_.PrefetchFront();
    Prefetch(slots_.data(), sizeof(slots_[0]));
  }
  if (step < 2) downlink_.PrefetchForSending(step);
  const auto priority = step > 0 ? egress_.Next() : std::nullopt;
  if (!priority) return;
  const uint16_t slot = egress_.Front(*priority).slot;
  if (slot < slots_.size()) slots_[slot]->PrefetchForSending(step - 1);
}

bool Receiver::SendQueued(Outlet& outlet) {
  while (const auto priority = egress_.Next()) {
    const EgressEntry& entry = egress_.Front(*priority);
    const bool asks = *priority != Egress::Priority::kAudio && !entry.skip;
    if (asks && !downlink_.MaySend(outlet.now, egress_.queued_bytes())) {
      Relieve(outlet.now);
      outlet.frame = {};
      // What was relieved of at the front costs nothing.
      const auto next = egress_.Next();
      if (!next || !egress_.Front(*next).skip) return true;
      continue;
    }
    if (!outlet.batch.HasRoom(kMaxDatagramBytes)) return false;
    if (*priority == Egress::Priority::kVideo) {
      outlet.largest_behind = egress_.LargestBehind(outlet.frame);
    }
    if (outlet.path) SendEntry(entry, outlet);
    egress_.Pop(*priority);
  }
  return true;
}

bool Receiver::SendFill(Outlet& outlet) {
  if (!outlet.path || egress_.Next() || egress_.turn() > media::Pacer::kBurst) return true;
  for (int i = 0; i < kFillsAtOnceMax && downlink_.MayFill(outlet.now); ++i) {
    if (!outlet.batch.HasRoom(kMaxDatagramBytes)) return false;
    const auto probed = [&](const auto& slot) { return SendProbe(*slot, outlet); };
    if (!std::ranges::any_of(slots_, probed)) return true;
  }
  return true;
}

void Receiver::Relieve(Instant now) {
  const Instant oldest = egress_.oldest_video();
  if (oldest == Instant::Never()) return;
  if (now - oldest > kVideoAgeMax) {
    DropVideo(now);
  } else if (egress_.has_new_key_frame() && now - oldest > kSupersedeAge) {
    const int64_t finish_bytes = downlink_.target().bps() * kFinishMax.us() / 8'000'000;
    egress_.SkipSuperseded(finish_bytes, [this](uint16_t slot, const media::PacketInfo& info) {
      return slot < slots_.size() && slots_[slot]->IsTarget(info);
    });
  }
}

void Receiver::Thin(Instant now) {
  const Instant oldest = egress_.oldest_video();
  const Duration age = oldest == Instant::Never() ? Duration() : now - oldest;
  const bool thin = thinned_ ? age + age > kThinAge : age > kThinAge;
  if (thin == thinned_) return;
  thinned_ = thin;
  for (const auto& slot : slots_) slot->SetThinned(now, thin);
}

void Receiver::DropVideo(Instant now) {
  std::bitset<kSlotsMax> restarted;
  egress_.ClearVideo([&](uint16_t slot) {
    if (slot < kSlotsMax) restarted.set(slot);
  });
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (restarted.test(i)) slots_[i]->Restart(now);
  }
  MarkChanged();
}

void Receiver::SendEntry(const EgressEntry& entry, Outlet& outlet) {
  if (entry.slot >= slots_.size()) return;
  Slot& slot = *slots_[entry.slot];
  if (entry.copy) {
    SendCopy(slot, entry.sequence, outlet);
    return;
  }
  if (!entry.packet) {
    SendAgain(slot, entry.sequence, outlet);
    return;
  }
  const bool video = slot.kind() == MediaKind::kVideo;
  outlet.run_padding_max = video ? kRunPaddingMax : kVoicePaddingMax;
  if (entry.skip) outlet.largest_behind = 0;
  if (!video) outlet.largest_behind = egress_.LargestAudioBehind();
  SendMedia(
      slot, entry.packet,
      entry.skip ? slot.Discard(outlet.now, entry.packet) : slot.Next(outlet.now, entry.packet),
      outlet);
  if (slot.changed()) MarkChanged();
}

void Receiver::SendMedia(Slot& slot, const media::PacketRef& packet, Slot::Outgoing out,
                         Outlet& outlet) {
  if (out.action == Slot::Action::kNothing) return;
  const std::span<uint8_t> destination = outlet.batch.Prepare(kMaxDatagramBytes);
  const std::span<uint8_t> plain = Plain(destination);
  if (slot.config().extensions.abs_send_time != 0) {
    out.sent.abs_send_time = AbsSendTime(outlet.now);
  }
  out.sent.has_transport_sequence = slot.config().extensions.transport_cc != 0;
  out.sent.transport_sequence = downlink_.next_sequence();
  SentDatagram sent;
  sent.kind =
      slot.kind() == MediaKind::kAudio ? media::PacketKind::kAudio : media::PacketKind::kVideo;
  if (packet) {
    sent.source_bytes = packet->size_bytes;
  } else {
    sent.kind = media::PacketKind::kPadding;
  }
  const bool voice = slot.kind() == MediaKind::kAudio && out.action == Slot::Action::kMedia;
  std::optional<media::RepeatQueue::Blocks> blocks;
  if (voice && slot.config().red_payload_type != 0) blocks = TakeBlocks(slot, out, outlet.now);
  std::optional<WrittenPacket> written;
  if (blocks && !blocks->empty()) {
    written = WriteRedundant(slot.config(), out.sent, blocks->span(), plain);
    for (const auto& block : blocks->span()) sent.copied_bytes += block.source->payload().size();
  } else if (out.action == Slot::Action::kMedia) {
    written = WriteMedia(slot.config(), out.sent, plain);
  } else {
    written = WritePadding(slot.config(), out.sent, out.track, plain);
  }
  if (const uint8_t padding = written ? RunPadding(*written, outlet) : 0) {
    written = AddPadding(*written, padding, plain);
    out.sent.padding_bytes = padding;
  }
  if (!Emit(slot, written, destination, sent, outlet)) return;
  if (voice) Remember(slot, out.sent, blocks ? std::move(*blocks) : media::RepeatQueue::Blocks());
  slot.OnSent(std::move(out.sent));
}

media::RepeatQueue::Blocks Receiver::TakeBlocks(const Slot& slot, const Slot::Outgoing& out,
                                                Instant now) {
  if (out.begins_source) copies_.OnSourceBegins(slot.index());
  return copies_.TakeBlocks(now, slot.index(), out.sent);
}

void Receiver::Remember(const Slot& slot, const media::SlotPacket& packet,
                        media::RepeatQueue::Blocks blocks) {
  using media::RepeatQueue;
  for (const auto& block : blocks.span()) downlink_.OnBlock(block.transport_sequence);
  const media::RepeatPlan& plan = downlink_.repeat_plan();
  if (plan.copies == 0 && !slot.config().audio_nack) {
    copies_.Expire(packet.sent_at);
    return;
  }
  copies_.OnSent(slot.index(), {packet, std::move(blocks)}, plan,
                 RepeatQueue::FormOf(plan, slot.config().red_payload_type != 0),
                 slot.config().audio_nack);
}

uint8_t Receiver::RunPadding(const WrittenPacket& written, const Outlet& outlet) const {
  // The last of a run may be shorter.
  if (outlet.largest_behind == 0) return 0;
  const size_t bytes = written.header.size() + written.payload.size();
  const size_t run = outlet.batch.OpenSegmentBytes(*outlet.path);
  size_t wanted = 0;
  for (const size_t size : {written.header.size() + outlet.largest_behind,
                            outlet.seal_bytes > 0 ? run - std::min(run, outlet.seal_bytes) : 0}) {
    if (size <= bytes + outlet.run_padding_max) wanted = std::max(wanted, size);
  }
  return wanted > bytes ? static_cast<uint8_t>(wanted - bytes) : 0;
}

void Receiver::SendCopy(const Slot& slot, uint16_t sequence, Outlet& outlet) {
  const media::RepeatQueue::Sent* said = copies_.Find(slot.index(), sequence);
  // After a switch the slot is another's: what the one before said is over.
  if (!said || !slot.Carries(said->packet.source->info.track)) return;
  const media::SlotPacket* packet = &said->packet;
  const std::span<uint8_t> destination = outlet.batch.Prepare(kMaxDatagramBytes);
  // With the blocks that it left with, for it is the same packet (decisions 25).
  auto written = said->blocks.empty() ? WriteMedia(slot.config(), *packet, Plain(destination))
                                      : WriteRedundant(slot.config(), *packet, said->blocks.span(),
                                                       Plain(destination));
  if (written && packet->padding_bytes > 0) {
    written = AddPadding(*written, packet->padding_bytes, Plain(destination));
  }
  if (!written) return;
  const auto size = outlet.transport.RepeatRtp(written->header, written->payload, destination);
  if (!size) return;
  outlet.batch.Commit(*outlet.path, *size);
  ++outlet.counts.datagrams;
  ++outlet.counts.copies;
  outlet.counts.bytes += *size;
  if (!packet->has_transport_sequence) return;
  downlink_.OnCopy(outlet.now, packet->transport_sequence, *size + outlet.network_bytes);
}

void Receiver::SendAgain(Slot& slot, uint16_t sequence, Outlet& outlet) {
  if (!downlink_.MayRepair(outlet.now)) return;
  uint8_t payload_type = 0;
  const std::optional<media::SlotPacket> packet =
      slot.TakeForResend(outlet.now, sequence, rtt_.rtt(), payload_type);
  if (!packet) return;
  if (SendRtx(slot, *packet, payload_type, media::PacketKind::kRetransmission, outlet)) {
    ++outlet.counts.retransmissions;
  }
}

bool Receiver::SendRtx(Slot& slot, const media::SlotPacket& packet, uint8_t payload_type,
                       media::PacketKind kind, Outlet& outlet) {
  const std::span<uint8_t> destination = outlet.batch.Prepare(kMaxDatagramBytes);
  const SendStamp stamp = {AbsSendTime(outlet.now), downlink_.next_sequence()};
  const std::optional<WrittenPacket> written = WriteRetransmission(
      slot.config(), packet, payload_type, slot.NextRtxSequence(), stamp, Plain(destination));
  return Emit(slot, written, destination, {.kind = kind}, outlet);
}

bool Receiver::SendProbe(Slot& slot, Outlet& outlet) {
  if (!MayProbe(slot)) return false;
  const auto size = static_cast<size_t>(downlink_.FillBytes());
  uint8_t rtx_payload_type = 0;
  const std::optional<media::SlotPacket> packet =
      slot.TakeForProbe(outlet.now, size, rtx_payload_type);
  if (packet) {
    SendRtx(slot, *packet, rtx_payload_type, media::PacketKind::kPadding, outlet);
  } else if (const uint8_t payload_type = RtxPayloadType(slot.config())) {
    SendRtxPadding(slot, payload_type, outlet);
  } else if (slot.CanPad()) {
    SendMedia(slot, {}, slot.Pad(kProbePadding), outlet);
  } else {
    return false;
  }
  return true;
}

void Receiver::SendRtxPadding(Slot& slot, uint8_t payload_type, Outlet& outlet) {
  const std::span<uint8_t> destination = outlet.batch.Prepare(kMaxDatagramBytes);
  const SendStamp stamp = {AbsSendTime(outlet.now), downlink_.next_sequence()};
  const std::optional<WrittenPacket> written =
      WriteProbe(slot.config(), payload_type, slot.NextRtxSequence(), slot.assigned()->id(),
                 kProbePadding, stamp, Plain(destination));
  Emit(slot, written, destination, {.kind = media::PacketKind::kPadding}, outlet);
}

bool Receiver::Emit(const Slot& slot, const std::optional<WrittenPacket>& written,
                    std::span<uint8_t> destination, SentDatagram sent, Outlet& outlet) {
  if (!written) return false;
  const auto size = outlet.transport.ProtectRtp(written->header, written->payload, destination);
  if (!size) return false;
  outlet.seal_bytes = *size - written->header.size() - written->payload.size();
  outlet.batch.Commit(*outlet.path, *size);
  ++outlet.counts.datagrams;
  outlet.counts.bytes += *size;
  sent.wire_bytes = *size + outlet.network_bytes;
  if (!Told(slot.config())) {
    downlink_.OnSentUntold(outlet.now, sent);
    return true;
  }
  if (slot.config().ccfb) {
    ByteReader header(written->header);
    header.Skip(2);
    sent.rtp_sequence = header.U16();
    header.Skip(4);
    sent.ccfb_ssrc = header.U32();
  }
  downlink_.OnSent(outlet.now, sent);
  return true;
}

Slot* Receiver::SlotOf(uint32_t ssrc) {
  const auto found =
      std::ranges::find_if(slots_, [&](const auto& slot) { return slot->config().ssrc == ssrc; });
  return found == slots_.end() ? nullptr : found->get();
}

void Receiver::AnswerAudioNack(Instant now, const Slot& slot, std::span<const uint16_t> sequences) {
  for (const uint16_t sequence : sequences) {
    if (!downlink_.MayRepair(now)) return;
    if (!copies_.TakeForNack(now, slot.index(), sequence, rtt_.rtt())) continue;
    downlink_.ChargeRepair(copies_.Find(slot.index(), sequence)->packet.source->size_bytes);
    PushCopy(slot.index(), sequence);
  }
}

bool Receiver::OnNack(Instant now, const wire::RtcpNack& nack) {
  Slot* slot = SlotOf(nack.media_ssrc);
  if (!slot) return false;
  std::array<uint16_t, kNackedMax> sequences;
  const size_t count = wire::ExpandNack(nack, sequences);
  const auto asked = std::span(sequences).first(count);
  if (slot->config().audio_nack) {
    AnswerAudioNack(now, *slot, asked);
  } else {
    slot->OnNack(asked);
  }
  return true;
}

bool Receiver::OnKeyFrameRequest(Instant now, uint32_t ssrc) {
  Slot* slot = SlotOf(ssrc);
  if (!slot) return false;
  slot->OnKeyFrameRequest(now);
  return true;
}

void Receiver::OnReportBlock(Instant now, const wire::ReportBlock& block) {
  if (!SlotOf(block.ssrc)) return;
  if (const auto rtt = media::RoundTrip(now, clock_, block)) rtt_.OnSample(*rtt);
}

Duration Receiver::ReportSpacing() {
  return Duration::Micros(kReportInterval.us() / 2 +
                          random_.Next32() % static_cast<uint32_t>(kReportInterval.us()));
}

bool Receiver::MayProbe(const Slot& slot) const {
  // Of video: what disturbs that is not heard.
  if (!slot.assigned() || slot.kind() != MediaKind::kVideo) return false;
  return Told(slot.config()) || !downlink_.told();
}

bool Receiver::CanProbe() const {
  return std::ranges::any_of(slots_, [this](const auto& slot) { return MayProbe(*slot); });
}

void Receiver::OnRemb(Instant now, const wire::RtcpRemb& remb) {
  // Of a publisher's own streams it says nothing.
  bool ours = false;
  for (size_t i = 0; i < remb.ssrcs.size(); ++i) ours |= SlotOf(remb.ssrcs[i]) != nullptr;
  if (ours) downlink_.OnRemb(now, DataRate::Bps(remb.bitrate_bps));
}

void Receiver::PushCopy(uint16_t slot, uint16_t sequence) {
  EgressEntry entry;
  entry.slot = slot;
  entry.sequence = sequence;
  entry.copy = true;
  egress_.Push(Egress::Priority::kAudio, std::move(entry));
}

void Receiver::PushCopies(Instant now) {
  while (const auto copy = copies_.TakeDue(now)) PushCopy(copy->slot, copy->sequence);
}

void Receiver::OnDeadline(Instant now, RtcpSender& rtcp) {
  PushCopies(now);
  // A probe is a matter of milliseconds; and what is busy carries nothing for nothing.
  const bool may_probe = egress_.turn() <= media::Pacer::kBurst && CanProbe();
  const bool due = now >= downlink_.NextDeadline() && downlink_.OnDeadline(now, may_probe) > 0;
  if (due || now >= flush_at_) {
    flush_at_ = Instant::Never();
    egress_.List();
  }
  if (now >= next_report_) ReportSlots(now, rtcp);
}

void Receiver::ReportSlots(Instant now, RtcpSender& rtcp) {
  copies_.Expire(now);
  bool any = copies_.size() > 0;
  for (const std::unique_ptr<Slot>& slot : slots_) {
    slot->Expire(now);
    any |= slot->holds_history();
    if (!slot->TakeActive()) continue;
    any = true;
    const auto info = slot->Report(now, clock_);
    if (!info) continue;
    ByteWriter& out = rtcp.Reserve(kReportBytes);
    wire::WriteSenderReport(slot->config().ssrc, *info, {}, out);
    wire::WriteSdesCname(slot->config().ssrc, kServerCname, out);
  }
  // A receiver that is sent nothing costs nothing, once its history has gone.
  next_report_ = any ? now + ReportSpacing() : Instant::Never();
}

void Receiver::TakeAssignments(std::vector<SlotAssignment>& out) {
  for (const std::unique_ptr<Slot>& slot : slots_) {
    if (const auto assignment = slot->TakeAssignment()) out.push_back(*assignment);
  }
}

void Receiver::DropHistoryBefore(Instant before) {
  if (egress_.oldest_video() < before) egress_.ShedVideo();
  for (const std::unique_ptr<Slot>& slot : slots_) slot->DropHistoryBefore(before);
  copies_.DropBefore(before);
}

}  // namespace conclave::router
