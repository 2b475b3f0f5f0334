// A participant of a benchmark: the client's end of a transport, whose address is a real UDP socket
// but whose handshake runs in memory.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/datagram.h"
#include "base/random.h"
#include "io/udp_socket.h"
#include "media/twcc_generator.h"
#include "router/commands.h"
#include "router/shard.h"
#include "transport/certificate.h"
#include "transport/peer_transport.h"

namespace conclave::bench {

inline constexpr uint8_t kVp8 = 96;
inline constexpr uint8_t kOpus = 111;
inline constexpr uint8_t kTransportCcId = 3;
inline constexpr uint8_t kAudioLevelId = 1;

enum class Role : uint8_t { kPublisher, kReceiver };
// Whether receivers number packets and tell what came of them.
enum class Estimation : uint8_t { kOff, kOn };

struct BenchClientConfig {
  uint32_t id = 0;
  Role role = Role::kReceiver;
  // Of the one track or slot.
  router::MediaKind kind = router::MediaKind::kVideo;
  Estimation estimation = Estimation::kOn;
  SocketAddress server;
  transport::Fingerprint server_fingerprint;
};

class BenchClient {
 public:
  BenchClient(const BenchClientConfig& config, io::UdpSocket socket,
              transport::TransportContext& context, const transport::Certificate& certificate,
              Random& random);

  const router::AddParticipant& command() const { return command_; }
  TrackId track() const { return TrackId(command_.participant.value()); }
  ParticipantId id() const { return command_.participant; }
  // The client's end of the path, as the server sees it.
  const Path& path() const { return path_; }
  const SocketAddress& address() const { return socket_.local(); }
  bool connected() const { return transport_.connected(); }
  io::UdpSocket& socket() { return socket_; }

  // One datagram from the server, whatever it is.
  void Receive(Instant now, std::span<const uint8_t> bytes);
  void OnDeadline(Instant now);
  // Hands what waits to be sent to the shard.
  void Deliver(Instant now, router::Shard& shard);

  // Sends transport-wide feedback on what was received, where it is due, to the server's socket.
  void SendFeedback(Instant now);

  // The next packet, so large on the wire, encrypted. Video is VP8: the first packet of all opens a
  // key frame, and so does each that the server asks for.
  std::span<const uint8_t> NextPacket(size_t size_bytes, bool last_of_frame);
  // RTP payload of a packet that the server sent, decrypted.
  std::optional<std::span<const uint8_t>> Decrypt(std::span<const uint8_t> datagram);

 private:
  static router::AddParticipant MakeCommand(const BenchClientConfig& config,
                                            const transport::Certificate& certificate,
                                            Random& random);
  // Both write to plain_; the first returns how many bytes.
  size_t WriteHeader(bool last_of_frame);
  void WriteVp8Start(size_t at);

  void OnRtcp(std::span<const uint8_t> datagram);
  void Send(std::span<const uint8_t> datagram);

  const router::MediaKind kind_;
  io::UdpSocket socket_;
  Path path_;
  Path server_path_;
  router::AddParticipant command_;
  transport::PeerTransport transport_;
  transport::Outbox outbox_;
  std::array<uint8_t, kMaxDatagramBytes> packet_{};
  std::array<uint8_t, kMaxDatagramBytes> plain_{};
  uint16_t sequence_ = 100;
  uint32_t timestamp_ = 1000;
  uint16_t picture_id_ = 1;
  bool frame_start_ = true;
  bool key_frame_ = true;
  bool key_frame_asked_ = false;
  media::TwccGenerator twcc_;
  uint32_t newest_ssrc_ = 0;
  // Of one datagram.
  SendBatch one_;
};

}  // namespace conclave::bench
