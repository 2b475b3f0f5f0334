#include "sim/media_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "wire/demux.h"
#include "wire/rtp_extensions.h"
#include "wire/twcc.h"

namespace conclave::sim {
namespace {

constexpr Duration kReportInterval = Duration::Seconds(1);
// With a dependency descriptor that brings its structure.
constexpr size_t kHeaderBytesMax = 400;

transport::IceCredentials ToTransport(const router::IceCredentials& credentials) {
  return {credentials.ufrag, credentials.password};
}

}  // namespace

MediaClient::MediaClient(Instant now, transport::TransportContext& context,
                         MediaClientConfig config, uint64_t seed)
    : config_(std::move(config)),
      random_(seed),
      server_path_{0, config_.server},
      scratch_(2 * kMaxDatagramBytes),
      rtcp_ssrc_(random_.Next32() | 1) {
  transport::PeerTransportConfig transport_config;
  transport_config.ice_role = transport::IceRole::kControlling;
  transport_config.dtls_role = transport::DtlsRole::kClient;
  transport_config.local = ToTransport(config_.local);
  transport_config.remote = ToTransport(config_.remote);
  transport_config.remote_fingerprint = config_.server_fingerprint;
  transport_config.remote_candidates = {server_path_};
  transport_ =
      std::make_unique<transport::PeerTransport>(now, context, std::move(transport_config));
  // Each publisher's wall clock is its own.
  const uint64_t ntp_offset_s = 3'900'000'000 + random_.Next32() % 10'000;
  for (const router::TrackConfig& track : config_.tracks) {
    tracks_.emplace_back(track, config_.pace, ntp_offset_s, random_);
  }
  AddSlots(config_.slots);
}

void MediaClient::AddSlots(std::span<const router::SlotConfig> slots) {
  for (const router::SlotConfig& slot : slots) slots_.emplace_back(slot);
}

FakeTrack& MediaClient::track(TrackId id) {
  const auto found =
      std::ranges::find_if(tracks_, [&](const FakeTrack& t) { return t.config().track == id; });
  CHECK(found != tracks_.end());
  return *found;
}

const wire::SenderInfo* MediaClient::slot_report(uint32_t ssrc) const {
  const auto found = slot_reports_.find(ssrc);
  return found == slot_reports_.end() ? nullptr : &found->second;
}

void MediaClient::OnDatagram(Instant now, std::span<const uint8_t> datagram) {
  if (closed_) return;
  switch (wire::ClassifyDatagram(datagram)) {
    case wire::DatagramKind::kStun:
      transport_->OnStun(now, server_path_, datagram, outbox_);
      break;
    case wire::DatagramKind::kDtls:
      transport_->OnDtls(now, server_path_, datagram, outbox_);
      break;
    case wire::DatagramKind::kRtp:
      OnRtp(now, datagram);
      break;
    case wire::DatagramKind::kRtcp:
      OnRtcp(now, datagram);
      break;
    case wire::DatagramKind::kUnknown:
      ++stats_.unparsed;
      break;
  }
  OnTransportEvents(now);
  Flush();
}

void MediaClient::OnTransportEvents(Instant now) {
  for (const transport::TransportEvent event : transport_->TakeEvents()) {
    if (event != transport::TransportEvent::kConnected) continue;
    connected_at_ = now;
    next_report_ = now + Duration::Millis(100);
    for (FakeTrack& track : tracks_) track.Start(now);
  }
}

void MediaClient::OnRtp(Instant now, std::span<const uint8_t> datagram) {
  plain_.resize(std::max(plain_.size(), datagram.size()));
  const auto size = transport_->UnprotectRtp(server_path_, datagram, plain_);
  if (!size) return;
  const auto packet = wire::ParseRtp(std::span(plain_).first(*size));
  if (!packet) {
    ++stats_.unparsed;
    return;
  }
  stats_.bytes_received += datagram.size();
  NoteTransportSequence(now, *packet, datagram.size());
  for (SlotReceiver& slot : slots_) {
    if (slot.OnPacket(now, *packet)) return;
  }
  ++stats_.foreign_packets;
}

void MediaClient::NoteTransportSequence(Instant now, const wire::RtpPacket& packet,
                                        size_t size_bytes) {
  // Sections of one transport share their numbers (RFC 8843 section 8.2).
  for (const SlotReceiver& slot : slots_) {
    const uint8_t id = slot.config().extensions.transport_cc;
    if (id == 0) continue;
    if (packet.ssrc != slot.config().ssrc && packet.ssrc != slot.config().rtx_ssrc) continue;
    const auto value = wire::FindExtension(packet, id);
    const auto sequence = value ? wire::ParseTransportSequence(*value) : std::nullopt;
    if (!sequence) return;
    newest_ssrc_ = packet.ssrc;
    NoteNumber(numbers_.Unwrap(*sequence));
    twcc_.OnPacket(now, *sequence, size_bytes);
    return;
  }
}

void MediaClient::NoteNumber(int64_t number) {
  if (stats_.numbers_first < 0) stats_.numbers_first = number;
  stats_.numbers_highest = std::max(stats_.numbers_highest, number);
  ++stats_.numbers_seen;
}

void MediaClient::SendTransportFeedback(Instant now) {
  if (!twcc_.OnDeadline(now)) return;
  if (!transport_feedback_) {
    // What came meanwhile is never told of.
    twcc_ = media::TwccGenerator();
    return;
  }
  while (true) {
    std::vector<uint8_t> buffer(kMaxDatagramBytes);
    ByteWriter writer(buffer);
    wire::WriteReceiverReport(rtcp_ssrc_, {}, writer);
    if (twcc_.Write(rtcp_ssrc_, newest_ssrc_, writer) == 0) return;
    SendRtcp(now, writer.written());
  }
}

void MediaClient::OnRtcp(Instant now, std::span<const uint8_t> datagram) {
  plain_.resize(std::max(plain_.size(), datagram.size()));
  const auto size = transport_->UnprotectRtcp(server_path_, datagram, plain_);
  if (!size) return;
  auto compound = wire::ParseRtcp(std::span(plain_).first(*size));
  if (!compound) {
    ++stats_.unparsed;
    return;
  }
  while (const auto block = compound->Next()) OnRtcpBlock(now, *block);
}

void MediaClient::OnRtcpBlock(Instant now, const wire::RtcpBlock& block) {
  if (const auto* report = std::get_if<wire::RtcpSenderReport>(&block)) {
    ++stats_.sender_reports;
    slot_reports_[report->sender_ssrc] = report->info;
    stats_.receiver_report_blocks += report->blocks.size();
  } else if (const auto* receiver = std::get_if<wire::RtcpReceiverReport>(&block)) {
    stats_.receiver_report_blocks += receiver->blocks.size();
  } else if (const auto* pli = std::get_if<wire::RtcpPli>(&block)) {
    ++stats_.plis_received;
    for (FakeTrack& track : tracks_) track.OnKeyFrameRequest(pli->media_ssrc);
  } else if (const auto* nack = std::get_if<wire::RtcpNack>(&block)) {
    std::vector<uint16_t> sequences(17 * nack->items.size());
    sequences.resize(wire::ExpandNack(*nack, sequences));
    stats_.nacks_received += sequences.size();
    for (FakeTrack& track : tracks_) {
      std::vector<FakePacket> packets;
      for (const uint16_t sequence : sequences) track.OnNack(nack->media_ssrc, sequence, packets);
      for (const FakePacket& packet : packets) SendMedia(now, track, packet);
    }
  } else if (const auto* twcc = std::get_if<wire::RtcpTwcc>(&block)) {
    std::vector<wire::TwccStatus> statuses;
    if (!wire::ParseTwcc(twcc->body, statuses)) ++stats_.unparsed;
    ++stats_.twcc_feedbacks;
    for (const wire::TwccStatus& status : statuses) {
      ++(status.received ? stats_.twcc_reported : stats_.twcc_lost);
    }
  } else if (const auto* remb = std::get_if<wire::RtcpRemb>(&block)) {
    ++stats_.rembs;
    stats_.remb_bps = remb->bitrate_bps;
  } else if (std::holds_alternative<wire::RtcpBye>(block)) {
    ++stats_.byes_received;
  }
}

void MediaClient::SendMedia(Instant now, const FakeTrack& track, const FakePacket& packet) {
  const router::ExtensionIds& ids = track.config().extensions;
  std::array<wire::RtpExtension, 6> extensions;
  size_t count = 0;
  const auto add = [&](uint8_t id, std::span<const uint8_t> value) {
    if (id != 0 && !value.empty()) extensions[count++] = {id, value};
  };
  add(ids.mid, wire::EncodeStreamId(track.config().mid));
  add(packet.rtx ? ids.repaired_rid : ids.rid, wire::EncodeStreamId(packet.rid));
  const auto level = wire::EncodeAudioLevel({track.level() < FakeTrack::kSilence, track.level()});
  if (track.is_audio()) add(ids.audio_level, level);
  const auto transport_sequence = wire::EncodeTransportSequence(transport_sequence_++);
  add(ids.transport_cc, transport_sequence);
  add(ids.dependency_descriptor, packet.descriptor);
  const auto send_time = wire::EncodeAbsSendTime(now);
  add(ids.abs_send_time, send_time);

  std::array<uint8_t, kHeaderBytesMax> header;
  ByteWriter writer(header);
  wire::WriteRtpHeader({.marker = packet.marker,
                        .payload_type = packet.payload_type,
                        .sequence = packet.sequence,
                        .timestamp = packet.timestamp,
                        .ssrc = packet.ssrc,
                        .extensions = std::span(extensions).first(count)},
                       writer);
  CHECK(writer.ok());
  const auto size = transport_->ProtectRtp(writer.written(), packet.payload, scratch_);
  if (size) datagrams_.emplace_back(scratch_.begin(), scratch_.begin() + static_cast<long>(*size));
}

void MediaClient::SendTracks(Instant now) {
  for (FakeTrack& track : tracks_) {
    packets_.clear();
    track.OnDeadline(now, packets_);
    for (const FakePacket& packet : packets_) SendMedia(now, track, packet);
  }
}

void MediaClient::SendRtcp(Instant, std::span<const uint8_t> compound) {
  const auto size = transport_->ProtectRtcp(compound, scratch_);
  if (size) datagrams_.emplace_back(scratch_.begin(), scratch_.begin() + static_cast<long>(*size));
}

void MediaClient::SendPli(Instant now, uint32_t slot_ssrc) {
  std::vector<uint8_t> buffer(64);
  ByteWriter writer(buffer);
  wire::WriteReceiverReport(rtcp_ssrc_, {}, writer);
  wire::WritePli(rtcp_ssrc_, slot_ssrc, writer);
  SendRtcp(now, writer.written());
}

void MediaClient::SendSlotFeedback(Instant now) {
  if (!feedback_) return;
  for (SlotReceiver& slot : slots_) {
    std::vector<uint16_t> lost;
    slot.CollectNacks(now, lost);
    if (!lost.empty()) {
      std::vector<uint8_t> buffer(kMaxDatagramBytes);
      ByteWriter writer(buffer);
      wire::WriteReceiverReport(rtcp_ssrc_, {}, writer);
      wire::WriteNack(rtcp_ssrc_, slot.config().ssrc, lost, writer);
      if (writer.ok()) SendRtcp(now, writer.written());
    }
    if (slot.TakeKeyFrameRequest(now)) SendPli(now, slot.config().ssrc);
  }
}

void MediaClient::SendReports(Instant now) {
  if (now < next_report_) return;
  next_report_ = now + kReportInterval;
  for (const FakeTrack& track : tracks_) {
    for (size_t layer = 0; layer < track.layer_count(); ++layer) {
      const auto info = track.MakeSenderInfo(layer, now);
      if (!info) continue;
      std::vector<uint8_t> buffer(256);
      ByteWriter writer(buffer);
      wire::WriteSenderReport(track.ssrc(layer), *info, {}, writer);
      wire::WriteSdesCname(track.ssrc(layer), "client", writer);
      SendRtcp(now, writer.written());
    }
  }
}

void MediaClient::OnDeadline(Instant now) {
  if (closed_) return;
  if (transport_->NextDeadline() <= now) transport_->OnDeadline(now, outbox_);
  OnTransportEvents(now);
  if (connected()) {
    SendTracks(now);
    SendSlotFeedback(now);
    SendTransportFeedback(now);
    SendReports(now);
  }
  Flush();
}

Instant MediaClient::NextDeadline() const {
  if (closed_) return Instant::Never();
  Instant next = std::min({transport_->NextDeadline(), next_report_, twcc_.NextDeadline()});
  for (const FakeTrack& track : tracks_) next = std::min(next, track.NextDeadline());
  if (feedback_ && connected()) {
    for (const SlotReceiver& slot : slots_) next = std::min(next, slot.NextDeadline());
  }
  return next;
}

void MediaClient::Flush() {
  for (size_t i = 0; i < outbox_.size(); ++i) {
    const auto datagram = outbox_[i];
    datagrams_.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
  }
  outbox_.Clear();
}

void MediaClient::RestartIce(Instant now, const router::IceCredentials& local,
                             const router::IceCredentials& remote) {
  transport_->RestartIce(now, ToTransport(local), ToTransport(remote));
  Flush();
}

void MediaClient::Close() {
  if (closed_) return;
  transport_->Close(outbox_);
  Flush();
  closed_ = true;
}

std::vector<std::vector<uint8_t>> MediaClient::TakeDatagrams() {
  return std::exchange(datagrams_, {});
}

}  // namespace conclave::sim
