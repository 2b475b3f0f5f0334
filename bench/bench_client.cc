#include "bench/bench_client.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/check.h"
#include "wire/demux.h"
#include "wire/rtcp.h"

namespace conclave::bench {
namespace {

constexpr uint32_t kPublisherSsrc = 0x5eed;
constexpr uint32_t kRtcpSsrc = 0xfeed;
// What the path takes, so that feedback tells of one.
constexpr Duration kTravel = Duration::Millis(10);

// The transport-wide number of an encrypted packet: header extensions (RFC 8285) are in clear.
std::optional<uint16_t> TransportSequence(std::span<const uint8_t> datagram) {
  ByteReader reader(datagram);
  const uint8_t first = reader.U8();
  reader.Skip(11 + size_t{4} * (first & 0x0f));
  if ((first & 0x10) == 0 || reader.U16() != 0xbede) return std::nullopt;
  ByteReader extensions(reader.Bytes(size_t{4} * reader.U16()));
  while (extensions.ok() && extensions.remaining() > 0) {
    const uint8_t head = extensions.U8();
    if (head == 0) continue;
    if (head >> 4 == kTransportCcId) return extensions.U16();
    extensions.Skip((head & 0x0f) + 1u);
  }
  return std::nullopt;
}

transport::PeerTransportConfig ClientConfig(const router::AddParticipant& command,
                                            const transport::Fingerprint& server_fingerprint,
                                            const SocketAddress& server) {
  transport::PeerTransportConfig config;
  config.ice_role = transport::IceRole::kControlling;
  config.dtls_role = transport::DtlsRole::kClient;
  config.local = {command.remote.ufrag, command.remote.password};
  config.remote = {command.local.ufrag, command.local.password};
  config.remote_fingerprint = server_fingerprint;
  config.remote_candidates = {{0, server}};
  return config;
}

}  // namespace

router::AddParticipant BenchClient::MakeCommand(const BenchClientConfig& config,
                                                const transport::Certificate& certificate,
                                                Random& random) {
  router::AddParticipant command;
  command.room = RoomId(1);
  command.participant = ParticipantId(config.id);
  command.local = {random.Text(kIceChars, 16), random.Text(kIceChars, 32)};
  command.remote = {random.Text(kIceChars, 4), random.Text(kIceChars, 24)};
  command.remote_fingerprint = certificate.fingerprint();
  const bool audio = config.kind == router::MediaKind::kAudio;
  router::CodecConfig codec;
  codec.name = audio ? router::CodecName::kOpus : router::CodecName::kVp8;
  codec.payload_type = audio ? kOpus : kVp8;
  codec.rtx_payload_type = audio ? 0 : kVp8 + 1;
  if (config.role == Role::kPublisher) {
    router::TrackConfig track;
    track.track = TrackId(config.id);
    track.source = audio ? router::SourceKind::kMicrophone : router::SourceKind::kCamera;
    track.mid = "1";
    track.ssrc = kPublisherSsrc;
    track.codecs = {codec};
    track.extensions.transport_cc = kTransportCcId;
    track.extensions.audio_level = audio ? kAudioLevelId : 0;
    command.tracks.push_back(track);
  } else {
    router::SlotConfig slot;
    slot.slot = SlotId(1);
    slot.kind = config.kind;
    slot.mid = "0";
    slot.ssrc = 0x10000 + config.id * 2;
    slot.rtx_ssrc = audio ? 0 : slot.ssrc + 1;
    slot.codecs = {codec};
    slot.extensions.transport_cc = config.estimation == Estimation::kOn ? kTransportCcId : 0;
    command.slots.push_back(slot);
  }
  return command;
}

BenchClient::BenchClient(const BenchClientConfig& config, io::UdpSocket socket,
                         transport::TransportContext& context,
                         const transport::Certificate& certificate, Random& random)
    : kind_(config.kind),
      socket_(std::move(socket)),
      path_{0, socket_.local()},
      server_path_{0, config.server},
      command_(MakeCommand(config, certificate, random)),
      transport_(Instant(), context,
                 ClientConfig(command_, config.server_fingerprint, config.server)) {}

void BenchClient::Receive(Instant now, std::span<const uint8_t> bytes) {
  switch (wire::ClassifyDatagram(bytes)) {
    case wire::DatagramKind::kStun:
      transport_.OnStun(now, server_path_, bytes, outbox_);
      break;
    case wire::DatagramKind::kDtls:
      transport_.OnDtls(now, server_path_, bytes, outbox_);
      break;
    case wire::DatagramKind::kRtp:
      if (const auto sequence = TransportSequence(bytes)) {
        newest_ssrc_ = command_.slots[0].ssrc;
        twcc_.OnPacket(now + kTravel, *sequence, bytes.size());
      }
      break;
    case wire::DatagramKind::kRtcp:
      OnRtcp(bytes);
      break;
    case wire::DatagramKind::kUnknown:
      break;
  }
}

void BenchClient::OnRtcp(std::span<const uint8_t> datagram) {
  const auto size = transport_.UnprotectRtcp(server_path_, datagram, packet_);
  auto compound = size ? wire::ParseRtcp(std::span(packet_).first(*size)) : std::nullopt;
  if (!compound) return;
  while (const auto block = compound->Next()) {
    key_frame_asked_ |= std::holds_alternative<wire::RtcpPli>(*block);
  }
}

void BenchClient::SendFeedback(Instant now) {
  if (!twcc_.OnDeadline(now)) return;
  while (true) {
    ByteWriter writer(plain_);
    wire::WriteReceiverReport(kRtcpSsrc, {}, writer);
    if (twcc_.Write(kRtcpSsrc, newest_ssrc_, writer) == 0) return;
    const auto size = transport_.ProtectRtcp(writer.written(), packet_);
    CHECK(size);
    Send(std::span(packet_).first(*size));
  }
}

void BenchClient::Send(std::span<const uint8_t> datagram) {
  one_.Clear();
  std::copy(datagram.begin(), datagram.end(), one_.Prepare(datagram.size()).begin());
  one_.Commit(server_path_, datagram.size());
  socket_.Send(one_);
}

void BenchClient::OnDeadline(Instant now) {
  if (transport_.NextDeadline() <= now) transport_.OnDeadline(now, outbox_);
}

void BenchClient::Deliver(Instant now, router::Shard& shard) {
  for (size_t i = 0; i < outbox_.size(); ++i) {
    const auto datagram = outbox_[i].bytes;
    std::copy(datagram.begin(), datagram.end(), packet_.begin());
    const ReceivedDatagram received = {now, path_, std::span(packet_).first(datagram.size())};
    shard.OnDatagrams(now, {&received, 1});
  }
  outbox_.Clear();
}

size_t BenchClient::WriteHeader(bool last_of_frame) {
  const bool audio = kind_ == router::MediaKind::kAudio;
  ByteWriter header(plain_);
  header.U8(0x90);
  header.U8(static_cast<uint8_t>((audio ? kOpus : kVp8) | (last_of_frame && !audio ? 0x80 : 0)));
  header.U16(sequence_);
  header.U32(timestamp_);
  header.U32(kPublisherSsrc);
  header.U16(0xbede);
  header.U16(audio ? 2 : 1);
  header.U8(kTransportCcId << 4 | 1);
  header.U16(sequence_);
  if (audio) {
    // RFC 6464: a voice at -30 dBov.
    header.U8(kAudioLevelId << 4);
    header.U8(0x80 | 30);
    header.U16(0);
  }
  header.U8(0);
  return header.size();
}

// RFC 7741 section 4.2: X and S, then I with a picture id of 15 bits, then the VP8 payload header.
void BenchClient::WriteVp8Start(size_t at) {
  ByteWriter payload{std::span(plain_).subspan(at)};
  payload.U8(frame_start_ ? 0x90 : 0x80);
  payload.U8(0x80);
  payload.U16(static_cast<uint16_t>(0x8000 | picture_id_));
  payload.U8(key_frame_ ? 0x10 : 0x11);
  payload.U24(0x0);
  if (key_frame_) payload.U24(0x9d012a);
}

std::span<const uint8_t> BenchClient::NextPacket(size_t size_bytes, bool last_of_frame) {
  if (frame_start_) key_frame_ |= std::exchange(key_frame_asked_, false);
  const size_t plain_bytes = size_bytes - transport::PeerTransport::kMaxRtpOverhead;
  const size_t header_bytes = WriteHeader(last_of_frame);
  if (kind_ == router::MediaKind::kVideo) WriteVp8Start(header_bytes);
  ++sequence_;
  frame_start_ = last_of_frame;
  if (last_of_frame) {
    timestamp_ += 3000;
    picture_id_ = (picture_id_ + 1) & 0x7fff;
    key_frame_ = false;
  }
  const auto size = transport_.ProtectRtp(
      std::span(plain_).first(header_bytes),
      std::span(plain_).subspan(header_bytes, plain_bytes - header_bytes), packet_);
  CHECK(size == size_bytes);
  return std::span(packet_).first(*size);
}

std::optional<std::span<const uint8_t>> BenchClient::Decrypt(std::span<const uint8_t> datagram) {
  const auto size = transport_.UnprotectRtp(server_path_, datagram, packet_);
  if (!size) return std::nullopt;
  return std::span(packet_).first(*size);
}

}  // namespace conclave::bench
