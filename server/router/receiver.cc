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
  if (!entry.packet) {
    SendAgain(slot, entry.sequence, outlet);
    return;
  }
  SendMedia(slot, entry.packet, outlet);
  if (slot.changed()) MarkChanged();
}

void Receiver::SendMedia(Slot& slot, const media::PacketRef& packet, Outlet& outlet) {
  Slot::Outgoing out = slot.Next(outlet.now, packet);
  if (out.action == Slot::Action::kNothing) return;
  const std::span<uint8_t> destination = outlet.batch.Prepare(kMaxDatagramBytes);
  const std::span<uint8_t> plain =
      destination.first(destination.size() - transport::PeerTransport::kMaxRtpOverhead);
  if (slot.config().extensions.abs_send_time != 0) {
    out.sent.abs_send_time = AbsSendTime(outlet.now);
  }
  const std::optional<WrittenPacket> written =
      out.action == Slot::Action::kMedia
          ? WriteMedia(slot.config(), out.sent, plain)
          : WritePadding(slot.config(), out.sent.header, out.sent.payload_type, out.track, plain);
  if (!written) return;
  const auto size = outlet.transport.ProtectRtp(written->header, written->payload, destination);
  if (!size) return;
  outlet.batch.Commit(outlet.path, *size);
  ++outlet.counts.datagrams;
  outlet.counts.bytes += *size;
  slot.OnSent(std::move(out.sent));
}

void Receiver::SendAgain(Slot& slot, uint16_t sequence, Outlet& outlet) {
  uint8_t payload_type = 0;
  const media::SentPacket* sent =
      slot.TakeForResend(outlet.now, sequence, rtt_.rtt(), payload_type);
  if (!sent) return;
  const std::span<uint8_t> destination = outlet.batch.Prepare(kMaxDatagramBytes);
  const std::optional<WrittenPacket> written = WriteRetransmission(
      slot.config(), *sent, payload_type, slot.NextRtxSequence(), AbsSendTime(outlet.now),
      destination.first(destination.size() - transport::PeerTransport::kMaxRtpOverhead));
  if (!written) return;
  const auto size = outlet.transport.ProtectRtp(written->header, written->payload, destination);
  if (!size) return;
  outlet.batch.Commit(outlet.path, *size);
  ++outlet.counts.datagrams;
  ++outlet.counts.retransmissions;
  outlet.counts.bytes += *size;
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

void Receiver::OnDeadline(Instant now, RtcpSender& rtcp) {
  if (now < next_report_) return;
  bool any = false;
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
}

}  // namespace conclave::router
