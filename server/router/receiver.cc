#include "router/receiver.h"

#include <algorithm>
#include <array>
#include <utility>

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
constexpr int64_t kProbesAtOnceMax = 60;

std::span<uint8_t> Plain(std::span<uint8_t> destination) {
  return destination.first(destination.size() - transport::PeerTransport::kMaxRtpOverhead);
}

size_t WireBytes(size_t datagram_bytes, const Path& path) {
  return datagram_bytes + (path.remote.ip.is_v4() ? kUdpIpv4Bytes : kUdpIpv6Bytes);
}

// 0 where the slot has no RTX stream.
uint8_t RtxPayloadType(const SlotConfig& slot) {
  if (slot.rtx_ssrc == 0) return 0;
  for (const CodecConfig& codec : slot.codecs) {
    if (codec.rtx_payload_type != 0) return codec.rtx_payload_type;
  }
  return 0;
}

}  // namespace

void Receiver::AddSlots(std::span<const SlotConfig> slots) {
  for (const SlotConfig& config : slots) {
    const auto exists = [&](const auto& slot) { return slot->config().slot == config.slot; };
    if (slots_.size() >= kSlotsMax || std::ranges::any_of(slots_, exists)) continue;
    slots_.push_back(
        std::make_unique<Slot>(config, static_cast<uint16_t>(slots_.size()), egress_, random_));
  }
}

bool Receiver::Flush(Instant now, transport::PeerTransport& transport, SendBatch& batch,
                     FlushCounts& counts) {
  const std::optional<Path> path = transport.selected_path();
  Outlet outlet{now, transport, path.value_or(Path()), batch, counts};
  while (const EgressEntry* entry = egress_.Front()) {
    if (!batch.HasRoom(kMaxDatagramBytes)) return false;
    if (path) SendEntry(*entry, outlet);
    egress_.Pop();
  }
  egress_.Drained();
  if (next_report_ == Instant::Never()) next_report_ = now + ReportSpacing();
  return true;
}

void Receiver::SendEntry(const EgressEntry& entry, Outlet& outlet) {
  if (entry.slot >= slots_.size()) return;
  Slot& slot = *slots_[entry.slot];
  if (entry.padding) {
    SendProbe(slot, outlet);
  } else if (entry.copy) {
    SendCopy(slot, entry.sequence, outlet);
  } else if (!entry.packet) {
    SendAgain(slot, entry.sequence, outlet);
  } else {
    SendMedia(slot, entry.packet, outlet);
    if (slot.changed()) MarkChanged();
  }
}

void Receiver::SendMedia(Slot& slot, const media::PacketRef& packet, Outlet& outlet) {
  Slot::Outgoing out = slot.Next(outlet.now, packet);
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
  sent.source_bytes = packet->size_bytes;
  const std::optional<WrittenPacket> written =
      out.action == Slot::Action::kMedia
          ? WriteMedia(slot.config(), out.sent, plain)
          : WritePadding(slot.config(), out.sent.header, out.sent.payload_type, out.track, plain);
  if (!Emit(slot, written, destination, sent, outlet)) return;
  if (slot.kind() == MediaKind::kAudio && out.action == Slot::Action::kMedia) {
    copies_.OnSent(slot.index(), out.sent, downlink_.repeat_plan(), false);
  }
  slot.OnSent(std::move(out.sent));
}

void Receiver::SendCopy(const Slot& slot, uint16_t sequence, Outlet& outlet) {
  const media::SlotPacket* packet = copies_.Find(slot.index(), sequence);
  // After a switch the slot is another's: what the one before said is over.
  if (!packet || !slot.Carries(packet->source->info.track)) return;
  const std::span<uint8_t> destination = outlet.batch.Prepare(kMaxDatagramBytes);
  const auto written = WriteMedia(slot.config(), *packet, Plain(destination));
  if (!written) return;
  const auto size = outlet.transport.RepeatRtp(written->header, written->payload, destination);
  if (!size) return;
  outlet.batch.Commit(outlet.path, *size);
  ++outlet.counts.datagrams;
  ++outlet.counts.copies;
  outlet.counts.bytes += *size;
  if (!packet->has_transport_sequence) return;
  downlink_.OnCopy(outlet.now, packet->transport_sequence, WireBytes(*size, outlet.path));
}

void Receiver::SendAgain(Slot& slot, uint16_t sequence, Outlet& outlet) {
  if (!downlink_.MayRepair(outlet.now)) return;
  uint8_t payload_type = 0;
  const media::SlotPacket* packet =
      slot.TakeForResend(outlet.now, sequence, rtt_.rtt(), payload_type);
  if (!packet) return;
  const std::span<uint8_t> destination = outlet.batch.Prepare(kMaxDatagramBytes);
  const SendStamp stamp = {AbsSendTime(outlet.now), downlink_.next_sequence()};
  const std::optional<WrittenPacket> written = WriteRetransmission(
      slot.config(), *packet, payload_type, slot.NextRtxSequence(), stamp, Plain(destination));
  const SentDatagram sent = {.kind = media::PacketKind::kRetransmission};
  if (Emit(slot, written, destination, sent, outlet)) ++outlet.counts.retransmissions;
}

void Receiver::SendProbe(Slot& slot, Outlet& outlet) {
  const uint8_t payload_type = RtxPayloadType(slot.config());
  if (payload_type == 0 || !slot.assigned()) return;
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
  outlet.batch.Commit(outlet.path, *size);
  ++outlet.counts.datagrams;
  outlet.counts.bytes += *size;
  if (slot.config().extensions.transport_cc == 0) return true;
  sent.wire_bytes = WireBytes(*size, outlet.path);
  downlink_.OnSent(outlet.now, sent);
  return true;
}

Slot* Receiver::SlotOf(uint32_t ssrc) {
  const auto found =
      std::ranges::find_if(slots_, [&](const auto& slot) { return slot->config().ssrc == ssrc; });
  return found == slots_.end() ? nullptr : found->get();
}

bool Receiver::OnNack(const wire::RtcpNack& nack) {
  Slot* slot = SlotOf(nack.media_ssrc);
  if (!slot) return false;
  std::array<uint16_t, kNackedMax> sequences;
  const size_t count = wire::ExpandNack(nack, sequences);
  slot->OnNack(std::span(sequences).first(count));
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

const Slot* Receiver::ProbeSlot() const {
  for (const std::unique_ptr<Slot>& slot : slots_) {
    if (slot->config().extensions.transport_cc == 0 || !slot->assigned()) continue;
    if (slot->kind() == MediaKind::kVideo && RtxPayloadType(slot->config()) != 0) {
      return slot.get();
    }
  }
  return nullptr;
}

void Receiver::PushProbes(Instant now) {
  if (now < downlink_.NextDeadline()) return;
  const Slot* slot = ProbeSlot();
  const int64_t bytes = downlink_.OnDeadline(now, slot != nullptr);
  if (!slot || bytes <= 0) return;
  const int64_t packets = std::min((bytes + kProbePadding - 1) / kProbePadding, kProbesAtOnceMax);
  for (int64_t i = 0; i < packets; ++i) {
    egress_.Push(Egress::Priority::kPadding, {{}, slot->index(), 0, true});
  }
}

void Receiver::PushCopies(Instant now) {
  while (const auto copy = copies_.TakeDue(now)) {
    EgressEntry entry;
    entry.slot = copy->slot;
    entry.sequence = copy->sequence;
    entry.copy = true;
    egress_.Push(Egress::Priority::kAudio, std::move(entry));
  }
}

void Receiver::OnDeadline(Instant now, RtcpSender& rtcp) {
  PushCopies(now);
  PushProbes(now);
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
  for (const std::unique_ptr<Slot>& slot : slots_) slot->DropHistoryBefore(before);
  copies_.DropBefore(before);
}

}  // namespace conclave::router
