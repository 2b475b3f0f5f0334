// A scripted client's media: an ICE, DTLS and SRTP client (the server's own transport in the other
// role), senders and receive slots. No signaling: who scripts it says what was negotiated.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/socket_address.h"
#include "base/time.h"
#include "media/twcc_generator.h"
#include "router/commands.h"
#include "sim/fake_track.h"
#include "sim/slot_receiver.h"
#include "transport/peer_transport.h"
#include "wire/rtp.h"

namespace conclave::sim {

struct MediaClientConfig {
  SocketAddress server;
  router::IceCredentials local;
  router::IceCredentials remote;
  router::Fingerprint server_fingerprint{};
  std::vector<router::TrackConfig> tracks;
  std::vector<router::SlotConfig> slots;
  FakePace pace;
};

struct MediaClientStats {
  // Packets for an SSRC that is no slot of ours: the server must never send one.
  uint64_t foreign_packets = 0;
  uint64_t unparsed = 0;
  uint64_t sender_reports = 0;
  uint64_t receiver_report_blocks = 0;
  uint64_t twcc_feedbacks = 0;
  uint64_t twcc_reported = 0;
  uint64_t twcc_lost = 0;
  uint64_t nacks_received = 0;
  uint64_t plis_received = 0;
  uint64_t byes_received = 0;
  uint64_t bytes_received = 0;
  uint64_t rembs = 0;
  int64_t remb_bps = 0;
  // Transport-wide numbers of what the server sent.
  int64_t numbers_first = -1;
  int64_t numbers_highest = -1;
  int64_t numbers_seen = 0;
};

class MediaClient {
 public:
  // `context` is shared by all clients of a run and outlives them.
  MediaClient(Instant now, transport::TransportContext& context, MediaClientConfig config,
              uint64_t seed);

  void OnDatagram(Instant now, std::span<const uint8_t> datagram);
  void OnDeadline(Instant now);
  Instant NextDeadline() const;
  // What is to be sent to the server, in order.
  std::vector<std::vector<uint8_t>> TakeDatagrams();
  // RFC 8445 section 9, on the client's side.
  void RestartIce(Instant now, const router::IceCredentials& local,
                  const router::IceCredentials& remote);
  // Sends close_notify; afterwards the client is silent.
  void Close();

  bool connected() const { return transport_->connected(); }
  Instant connected_at() const { return connected_at_; }
  std::vector<FakeTrack>& tracks() { return tracks_; }
  FakeTrack& track(TrackId id);
  const std::vector<SlotReceiver>& slots() const { return slots_; }
  // For SlotReceiver::MissedShare.
  void RecordArrivals() {
    for (SlotReceiver& slot : slots_) slot.RecordArrivals();
  }
  void AddSlots(std::span<const router::SlotConfig> slots);
  const MediaClientStats& stats() const { return stats_; }
  // The last sender report of a slot: what its timestamp means on the server's clock.
  const wire::SenderInfo* slot_report(uint32_t ssrc) const;
  // Whether video slots ask for key frames and NACK; on by default.
  void set_feedback(bool on) { feedback_ = on; }
  // Whether it tells by transport feedback what came, where that is negotiated; on by default.
  void set_transport_feedback(bool on) { transport_feedback_ = on; }
  // Asks for a key frame of a slot now.
  void SendPli(Instant now, uint32_t slot_ssrc);
  void SendRtcp(Instant now, std::span<const uint8_t> compound);

 private:
  void OnTransportEvents(Instant now);
  void OnRtp(Instant now, std::span<const uint8_t> datagram);
  void OnRtcp(Instant now, std::span<const uint8_t> datagram);
  void OnRtcpBlock(Instant now, const wire::RtcpBlock& block);
  void SendMedia(Instant now, const FakeTrack& track, const FakePacket& packet);
  void SendTracks(Instant now);
  void SendSlotFeedback(Instant now);
  void SendReports(Instant now);
  void NoteTransportSequence(Instant now, const wire::RtpPacket& packet, size_t size_bytes);
  void NoteNumber(int64_t number);
  void SendTransportFeedback(Instant now);
  void Flush();

  MediaClientConfig config_;
  SeededRandom random_;
  Path server_path_;
  std::unique_ptr<transport::PeerTransport> transport_;
  transport::Outbox outbox_;
  std::vector<FakeTrack> tracks_;
  std::vector<SlotReceiver> slots_;
  std::map<uint32_t, wire::SenderInfo> slot_reports_;
  std::vector<FakePacket> packets_;
  std::vector<std::vector<uint8_t>> datagrams_;
  std::vector<uint8_t> scratch_;
  std::vector<uint8_t> plain_;
  uint16_t transport_sequence_ = 0;
  uint32_t rtcp_ssrc_;
  // What came of the server's packets, as a browser tells it.
  media::TwccGenerator twcc_;
  uint32_t newest_ssrc_ = 0;
  SeqUnwrapper numbers_;
  Instant next_report_ = Instant::Never();
  Instant connected_at_ = Instant::Never();
  bool feedback_ = true;
  bool transport_feedback_ = true;
  bool closed_ = false;
  MediaClientStats stats_;
};

}  // namespace conclave::sim
