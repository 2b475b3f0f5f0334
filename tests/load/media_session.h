// The media of one participant: ICE, DTLS and SRTP in the client's role, senders, and meters of
// what comes. Light ones answer transport-wide feedback from the clear header and decrypt no media.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "media/twcc_generator.h"
#include "sim/media_client.h"
#include "tests/load/directory.h"
#include "tests/load/media_library.h"
#include "tests/load/sender.h"
#include "tests/load/slot_meter.h"
#include "tests/load/udp_port.h"
#include "tests/load/verifier.h"
#include "transport/peer_transport.h"

namespace conclave::load {

// What the sessions of one thread share.
struct SessionContext {
  transport::TransportContext& transport;
  const MediaLibrary& media;
  Directory& directory;
  Random& random;
  transport::Outbox outbox;
  // Filled by the session that is being called; its owner sends it.
  Outgoing out;
  // Added to an Instant's microseconds this gives the wall clock's, which sender reports carry.
  Duration wall_offset;
};

struct SessionOptions {
  // Of this participant in the run.
  uint32_t number = 0;
  // Decrypts and verifies all media.
  bool verify = false;
  // And keeps Verifier::samples.
  bool keep_samples = false;
  router::CodecName codec = router::CodecName::kVp8;
};

struct SessionStats {
  uint64_t datagrams = 0;
  uint64_t foreign_packets = 0;
  uint64_t undecryptable = 0;
  uint64_t nacks_sent = 0;
  uint64_t feedbacks_sent = 0;
  Instant connected_at = Instant::Never();
  Instant first_audio = Instant::Never();
  Instant first_video = Instant::Never();
};

class MediaSession final : private PacketSink {
 public:
  MediaSession(Instant now, SessionContext& context, const sim::MediaClientConfig& config,
               const SessionOptions& options);

  // A datagram from the server. Returns the CSRC of the microphone that it carries audio of, or 0.
  uint32_t OnDatagram(Instant at, std::span<uint8_t> datagram);
  // What came with the datagrams of a batch is acted upon.
  void AfterDatagrams(Instant now);
  void OnDeadline(Instant now);
  Instant NextDeadline() const;
  void Close();
  // Sends what no client sends: garbage in the clear and garbage that is encrypted well.
  void Attack();

  bool connected() const { return transport_->connected(); }
  bool failed() const { return transport_->closed() && !closed_; }
  std::vector<Sender>& senders() { return senders_; }
  Sender* sender(router::SourceKind source);
  const std::vector<SlotMeter>& slots() const { return slots_; }
  const SessionStats& stats() const { return stats_; }
  // Null where nothing is decrypted.
  const Verifier* verifier() const { return verifier_.get(); }

 private:
  void OnPacket(const OutgoingPacket& packet) override;
  uint32_t OnRtp(Instant at, std::span<uint8_t> datagram);
  void OnRtcp(Instant at, std::span<uint8_t> datagram);
  void OnRtcpBlock(Instant now, const wire::RtcpBlock& block);
  uint32_t OnSlotPacket(Instant at, size_t slot, const wire::RtpPacket& packet, size_t size_bytes,
                        bool decrypted);
  void NoteArrival(Instant at, size_t slot, const wire::RtpPacket& packet, size_t size_bytes);
  std::optional<std::pair<size_t, bool>> FindSlot(uint32_t ssrc);
  void SendFeedback(Instant now);
  void SendNacks();
  void SendReports(Instant now);
  void SendRtcp(std::span<const uint8_t> compound);
  void TakeOutbox();

  SessionContext& context_;
  const SessionOptions options_;
  Path path_;
  std::unique_ptr<transport::PeerTransport> transport_;
  std::vector<Sender> senders_;
  // The sender whose packets OnPacket gets.
  const Sender* sending_ = nullptr;
  std::vector<SlotMeter> slots_;
  // Two entries for each slot: its SSRC and its RTX SSRC.
  std::vector<uint32_t> ssrcs_;
  std::unique_ptr<Verifier> verifier_;
  media::TwccGenerator twcc_;
  uint32_t newest_ssrc_ = 0;
  uint32_t rtcp_ssrc_;
  uint16_t transport_sequence_ = 0;
  uint16_t attack_sequence_ = 0;
  bool nacks_wait_ = false;
  Instant next_report_ = Instant::Never();
  bool closed_ = false;
  SessionStats stats_;
};

}  // namespace conclave::load
