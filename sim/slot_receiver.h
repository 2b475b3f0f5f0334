// The receiving end of one slot as a browser would be it: reorders, asks for what is missing, and
// decodes only what can be decoded. It judges the server by what a viewer would notice.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/sequence_numbers.h"
#include "base/time.h"
#include "router/commands.h"
#include "sim/fake_payload.h"
#include "sim/svc_player.h"
#include "wire/rtp.h"

namespace conclave::sim {

struct SlotReceiverStats {
  uint64_t packets = 0;
  uint64_t rtx_packets = 0;
  // Of these, those that only measure the path.
  uint64_t probe_packets = 0;
  // Frames that came within later packets (RFC 2198).
  uint64_t redundant_frames = 0;
  // Of the stream itself, packets without payload.
  uint64_t padding_packets = 0;
  uint64_t frames_decoded = 0;
  uint64_t key_frames_decoded = 0;
  // Sequence numbers given up on, having been asked for again and again.
  uint64_t abandoned = 0;
  // A frame that is not decodable though nothing before it is missing: the server's fault.
  uint64_t broken_frames = 0;
  // The payload says another track than CSRC does, or is not what a publisher sent.
  uint64_t wrong_source = 0;
  // The timestamp of a frame is not after that of the frame before.
  uint64_t timestamp_errors = 0;
  Instant first_frame = Instant::Never();
  // The longest time between two packets of the slot's own stream.
  Duration longest_gap;
};

class SlotReceiver {
 public:
  explicit SlotReceiver(const router::SlotConfig& config);

  const router::SlotConfig& config() const { return config_; }
  bool is_video() const { return config_.kind == router::MediaKind::kVideo; }
  // Whether the packet's SSRC is this slot's.
  bool OnPacket(Instant now, const wire::RtpPacket& packet);

  // What is missing and due to be asked for (again).
  void CollectNacks(Instant now, std::vector<uint16_t>& out);
  // Waits for a key frame: then a PLI is due, at most every half second.
  bool TakeKeyFrameRequest(Instant now);
  // When CollectNacks or TakeKeyFrameRequest may have something.
  Instant NextDeadline() const;

  // What came last. Invalid before the first packet.
  TrackId current_track() const { return current_track_; }
  uint8_t current_layer() const { return current_layer_; }
  Instant last_packet() const { return last_packet_; }
  uint32_t last_timestamp() const { return last_timestamp_; }
  int64_t highest_sequence() const { return highest_; }
  const SlotReceiverStats& stats() const { return stats_; }

  // From now on arrivals of this slot's own stream are remembered, for MissedShare; those before
  // are forgotten.
  void RecordArrivals() {
    record_ = true;
    travel_us_.clear();
  }
  // Of the recorded packets, sent or lost: the share that did not arrive in time for a jitter
  // buffer that plays each so long after the fastest one. Only while the slot carries a single
  // source.
  double MissedShare(Duration playout) const;

 private:
  struct Received {
    uint32_t timestamp = 0;
    uint32_t csrc = 0;
    std::optional<FakeFrame> frame;
    std::optional<uint16_t> picture_id;
    bool marker = false;
    std::vector<uint8_t> descriptor;
  };
  struct Missing {
    Instant next_ask;
    int asks = 0;
  };

  void Take(Instant now, uint16_t sequence, const wire::RtpPacket& packet,
            std::span<const uint8_t> payload);
  // Notes the earlier frames, and returns the packet's own.
  std::span<const uint8_t> TakeRedundant(Instant now, const wire::RtpPacket& packet);
  std::optional<FakeFrame> ReadOpus(std::span<const uint8_t> payload);
  void NoteGap(Instant now, int64_t sequence);
  void GiveUp(int64_t sequence);
  // Plays what is contiguous.
  void Advance(Instant now);
  void Play(Instant now, const Received& packet);
  void PlayVideo(Instant now, const Received& packet);
  void PlaySvc(Instant now, const Received& packet);
  void ReadVideo(const wire::RtpPacket& packet, std::span<const uint8_t> payload,
                 Received& out) const;
  void FinishFrame(Instant now, const Received& packet);

  router::SlotConfig config_;
  SeqUnwrapper unwrapper_;
  std::optional<int64_t> next_play_;
  int64_t highest_ = -1;
  std::map<int64_t, Received> waiting_;
  std::map<int64_t, Missing> missing_;

  // For AV1 and VP9.
  std::optional<SvcPlayer> svc_;
  bool needs_key_frame_ = true;
  // Something before the next packet was given up: a broken frame is the network's fault then.
  bool after_loss_ = false;
  Instant next_key_frame_request_;
  std::optional<FakeFrame> last_frame_;
  std::optional<uint16_t> last_picture_id_;
  uint8_t next_packet_in_frame_ = 0;
  std::optional<uint32_t> last_frame_timestamp_;

  TrackId current_track_;
  uint8_t current_layer_ = 0;
  Instant last_packet_;
  uint32_t last_timestamp_ = 0;
  bool record_ = false;
  // Sequence number -> when the packet came, less its timestamp's time.
  std::map<int64_t, int64_t> travel_us_;
  SlotReceiverStats stats_;
};

}  // namespace conclave::sim
