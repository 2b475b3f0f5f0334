#include "tests/load/media_session.h"

#include <algorithm>
#include <array>

#include "io/clock.h"
#include "router/media_kind.h"
#include "tests/load/attack.h"
#include "wire/demux.h"
#include "wire/rtp_extensions.h"

namespace conclave::load {
namespace {

using router::SourceKind;

constexpr Duration kReportInterval = Duration::Seconds(1);
constexpr size_t kRtcpBytesMax = 1200;
constexpr size_t kHeaderBytesMax = 128;

transport::IceCredentials ToTransport(const router::IceCredentials& credentials) {
  return {credentials.ufrag, credentials.password};
}

std::vector<const Clip*> ClipsFor(const router::TrackConfig& track, const MediaLibrary& media) {
  if (router::KindOf(track.source) == router::MediaKind::kAudio) return {&media.voice};
  const router::CodecName codec = track.codecs.at(0).name;
  if (track.source == SourceKind::kScreenVideo) return {&media.screens.at(codec)};
  std::vector<const Clip*> clips;
  const std::vector<Clip>& layers = media.cameras.at(codec);
  const size_t wanted = std::max<size_t>(1, track.rids.size());
  for (size_t i = 0; i < std::min(wanted, layers.size()); ++i) clips.push_back(&layers[i]);
  return clips;
}

}  // namespace

MediaSession::MediaSession(Instant now, SessionContext& context,
                           const sim::MediaClientConfig& config, const SessionOptions& options)
    : context_(context),
      options_(options),
      path_{0, config.server},
      rtcp_ssrc_(context.random.Next32() | 1) {
  transport::PeerTransportConfig transport;
  transport.ice_role = transport::IceRole::kControlling;
  transport.dtls_role = transport::DtlsRole::kClient;
  transport.local = ToTransport(config.local);
  transport.remote = ToTransport(config.remote);
  transport.remote_fingerprint = config.server_fingerprint;
  transport.remote_candidates = {path_};
  transport_ = std::make_unique<transport::PeerTransport>(now, context.transport, transport);
  for (const router::TrackConfig& track : config.tracks) {
    const bool audio = router::KindOf(track.source) == router::MediaKind::kAudio;
    senders_.emplace_back(track, options.number, ClipsFor(track, context.media),
                          audio ? &context.media.silence : nullptr, context.random);
    context.directory.Put(track.track, {options.number, static_cast<uint8_t>(track.source)});
  }
  for (const router::SlotConfig& slot : config.slots) {
    slots_.emplace_back(slot);
    ssrcs_.push_back(slot.ssrc);
    ssrcs_.push_back(slot.rtx_ssrc);
  }
  if (options.verify) {
    verifier_ = std::make_unique<Verifier>(slots_.size(), options.keep_samples);
  }
}

Sender* MediaSession::sender(SourceKind source) {
  for (Sender& sender : senders_) {
    if (sender.config().source == source) return &sender;
  }
  return nullptr;
}

uint32_t MediaSession::OnDatagram(Instant at, std::span<uint8_t> datagram) {
  if (closed_) return 0;
  ++stats_.datagrams;
  switch (wire::ClassifyDatagram(datagram)) {
    case wire::DatagramKind::kRtp:
      return OnRtp(at, datagram);
    case wire::DatagramKind::kRtcp:
      OnRtcp(at, datagram);
      return 0;
    case wire::DatagramKind::kStun:
      transport_->OnStun(at, path_, datagram, context_.outbox);
      break;
    case wire::DatagramKind::kDtls:
      transport_->OnDtls(at, path_, datagram, context_.outbox);
      break;
    case wire::DatagramKind::kUnknown:
      ++stats_.foreign_packets;
      break;
  }
  TakeOutbox();
  return 0;
}

void MediaSession::TakeOutbox() {
  for (size_t i = 0; i < context_.outbox.size(); ++i) {
    context_.out.Append(context_.outbox[i].bytes);
  }
  context_.outbox.Clear();
  if (!transport_->has_events()) return;
  for (const transport::TransportEvent event : transport_->TakeEvents()) {
    if (event != transport::TransportEvent::kConnected) continue;
    const Instant now = io::Now();
    stats_.connected_at = now;
    // A thousand that joined together do not all report together.
    const auto spread = Duration::Micros(context_.random.Next32() % kReportInterval.us());
    next_report_ = now + spread;
    for (Sender& sender : senders_) sender.Start(now);
  }
}

std::optional<std::pair<size_t, bool>> MediaSession::FindSlot(uint32_t ssrc) {
  const auto found = std::ranges::find(ssrcs_, ssrc);
  if (found == ssrcs_.end() || ssrc == 0) return std::nullopt;
  const auto index = static_cast<size_t>(found - ssrcs_.begin());
  return std::pair(index / 2, index % 2 == 1);
}

uint32_t MediaSession::OnRtp(Instant at, std::span<uint8_t> datagram) {
  const size_t size_bytes = datagram.size();
  std::optional<wire::RtpPacket> packet;
  if (verifier_ != nullptr) {
    const auto size = transport_->UnprotectRtp(path_, datagram, datagram);
    if (!size) {
      // A repeat, too, which the replay window refuses.
      ++stats_.undecryptable;
      return 0;
    }
    packet = wire::ParseRtp(datagram.first(*size));
  } else {
    packet = wire::ParseRtpHeader(datagram);
  }
  const auto slot = packet ? FindSlot(packet->ssrc) : std::nullopt;
  if (!slot) {
    ++stats_.foreign_packets;
    return 0;
  }
  NoteArrival(at, slot->first, *packet, size_bytes);
  if (!slot->second) {
    return OnSlotPacket(at, slot->first, *packet, size_bytes, verifier_ != nullptr);
  }
  const bool repairs = verifier_ != nullptr && packet->payload.size() > 2;
  slots_[slot->first].OnRtx(repairs ? std::optional<uint16_t>(static_cast<uint16_t>(
                                          packet->payload[0] << 8 | packet->payload[1]))
                                    : std::nullopt);
  return 0;
}

void MediaSession::NoteArrival(Instant at, size_t slot, const wire::RtpPacket& packet,
                               size_t size_bytes) {
  const uint8_t id = slots_[slot].config().extensions.transport_cc;
  const auto value = id == 0 ? std::nullopt : wire::FindExtension(packet, id);
  const auto sequence = value ? wire::ParseTransportSequence(*value) : std::nullopt;
  if (!sequence) return;
  newest_ssrc_ = packet.ssrc;
  twcc_.OnPacket(at, *sequence, size_bytes);
}

uint32_t MediaSession::OnSlotPacket(Instant at, size_t index, const wire::RtpPacket& packet,
                                    size_t size_bytes, bool decrypted) {
  SlotMeter& slot = slots_[index];
  const int64_t sequence = slot.OnPacket(at, packet, size_bytes);
  if (slot.has_nacks()) nacks_wait_ = true;
  Instant& first = slot.is_video() ? stats_.first_video : stats_.first_audio;
  first = std::min(first, at);
  const uint32_t csrc = packet.csrcs.empty() ? 0 : packet.csrcs[0];
  if (decrypted) {
    const auto expected = context_.directory.Find(csrc);
    verifier_->OnPacket(at, index, sequence, csrc, expected ? &*expected : nullptr, packet.payload);
  }
  return slot.is_video() ? 0 : csrc;
}

void MediaSession::OnRtcp(Instant at, std::span<uint8_t> datagram) {
  const auto size = transport_->UnprotectRtcp(path_, datagram, datagram);
  if (!size) {
    ++stats_.undecryptable;
    return;
  }
  auto compound = wire::ParseRtcp(datagram.first(*size));
  while (compound) {
    const auto block = compound->Next();
    if (!block) return;
    OnRtcpBlock(at, *block);
  }
}

void MediaSession::OnRtcpBlock(Instant now, const wire::RtcpBlock& block) {
  if (const auto* pli = std::get_if<wire::RtcpPli>(&block)) {
    for (Sender& sender : senders_) sender.OnKeyFrameRequest(pli->media_ssrc);
  } else if (const auto* nack = std::get_if<wire::RtcpNack>(&block)) {
    std::vector<uint16_t> sequences(17 * nack->items.size());
    sequences.resize(wire::ExpandNack(*nack, sequences));
    for (Sender& sender : senders_) {
      sending_ = &sender;
      for (const uint16_t sequence : sequences) {
        sender.OnNack(now, nack->media_ssrc, sequence, *this);
      }
    }
  }
}

void MediaSession::OnPacket(const OutgoingPacket& packet) {
  const router::TrackConfig& track = sending_->config();
  const router::ExtensionIds& ids = track.extensions;
  std::array<wire::RtpExtension, 5> extensions;
  size_t count = 0;
  const auto add = [&](uint8_t id, std::span<const uint8_t> value) {
    if (id != 0 && !value.empty()) extensions[count++] = {id, value};
  };
  if (packet.identify) {
    add(ids.mid, wire::EncodeStreamId(track.mid));
    add(packet.rtx ? ids.repaired_rid : ids.rid, wire::EncodeStreamId(packet.rid));
  }
  const auto level = wire::EncodeAudioLevel({packet.audio_level < 127, packet.audio_level});
  if (sending_->is_audio()) add(ids.audio_level, level);
  const auto transport_sequence = wire::EncodeTransportSequence(transport_sequence_);
  add(ids.transport_cc, transport_sequence);
  const auto send_time = wire::EncodeAbsSendTime(io::Now());
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
  const auto at = context_.out.Prepare();
  if (!writer.ok() || at.empty()) return;
  const auto size = transport_->ProtectRtp(writer.written(), packet.payload, at);
  if (!size) return;
  ++transport_sequence_;
  context_.out.Commit(*size);
}

void MediaSession::SendRtcp(std::span<const uint8_t> compound) {
  const auto at = context_.out.Prepare();
  if (at.empty()) return;
  if (const auto size = transport_->ProtectRtcp(compound, at)) context_.out.Commit(*size);
}

void MediaSession::SendFeedback(Instant now) {
  if (!twcc_.OnDeadline(now)) return;
  while (true) {
    std::array<uint8_t, kRtcpBytesMax> buffer;
    ByteWriter writer(buffer);
    if (twcc_.Write(rtcp_ssrc_, newest_ssrc_, writer) == 0) return;
    ++stats_.feedbacks_sent;
    SendRtcp(writer.written());
  }
}

void MediaSession::SendNacks() {
  nacks_wait_ = false;
  for (SlotMeter& slot : slots_) {
    if (!slot.has_nacks()) continue;
    std::vector<uint16_t> lost;
    slot.CollectNacks(lost);
    // Browsers ask for video only, unless audio has RTX.
    if (!slot.is_video() || slot.config().rtx_ssrc == 0) continue;
    stats_.nacks_sent += lost.size();
    std::array<uint8_t, kRtcpBytesMax> buffer;
    ByteWriter writer(buffer);
    wire::WriteNack(rtcp_ssrc_, slot.config().ssrc, lost, writer);
    if (writer.ok()) SendRtcp(writer.written());
  }
}

void MediaSession::SendReports(Instant now) {
  next_report_ = now + kReportInterval;
  const uint64_t ntp_time = io::NtpTime(now, context_.wall_offset);
  for (const Sender& sender : senders_) {
    for (size_t i = 0; i < sender.encodings(); ++i) {
      const auto info = sender.Report(i, now, ntp_time);
      if (!info) continue;
      std::array<uint8_t, 128> buffer;
      ByteWriter writer(buffer);
      wire::WriteSenderReport(sender.ssrc(i), *info, {}, writer);
      wire::WriteSdesCname(sender.ssrc(i), "load", writer);
      SendRtcp(writer.written());
    }
  }
  std::array<wire::ReportBlock, wire::kRtcpCountMax> blocks;
  size_t count = 0;
  for (const SlotMeter& slot : slots_) {
    if (slot.expected() == 0 || count == blocks.size()) continue;
    wire::ReportBlock& block = blocks[count++];
    block.ssrc = slot.config().ssrc;
    block.cumulative_lost = static_cast<int32_t>(slot.lost());
    block.highest_sequence = static_cast<uint32_t>(slot.highest());
  }
  if (count == 0) return;
  std::array<uint8_t, kRtcpBytesMax> buffer;
  ByteWriter writer(buffer);
  wire::WriteReceiverReport(rtcp_ssrc_, std::span(blocks).first(count), writer);
  SendRtcp(writer.written());
}

void MediaSession::AfterDatagrams(Instant) {
  if (nacks_wait_) SendNacks();
}

void MediaSession::OnDeadline(Instant now) {
  if (closed_) return;
  if (transport_->NextDeadline() <= now) {
    transport_->OnDeadline(now, context_.outbox);
    TakeOutbox();
  }
  if (!connected()) return;
  for (Sender& sender : senders_) {
    if (sender.NextDeadline() > now) continue;
    sending_ = &sender;
    sender.OnDeadline(now, *this);
  }
  if (twcc_.NextDeadline() <= now) SendFeedback(now);
  if (next_report_ <= now) SendReports(now);
}

Instant MediaSession::NextDeadline() const {
  if (closed_) return Instant::Never();
  Instant next = std::min({transport_->NextDeadline(), next_report_, twcc_.NextDeadline()});
  for (const Sender& sender : senders_) next = std::min(next, sender.NextDeadline());
  return next;
}

void MediaSession::Attack() {
  AddGarbage(context_.random, context_.out);
  AddEncryptedGarbage(*transport_, attack_sequence_++, rtcp_ssrc_, context_.random, context_.out);
}

void MediaSession::Close() {
  if (closed_) return;
  transport_->Close(context_.outbox);
  TakeOutbox();
  closed_ = true;
}

}  // namespace conclave::load
