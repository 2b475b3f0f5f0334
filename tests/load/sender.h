// One track that is being sent: replays a clip per encoding, answers key-frame requests and NACKs.
// It makes plain packets; whoever owns the transport adds header extensions and encrypts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "router/commands.h"
#include "tests/load/clip.h"
#include "wire/rtcp.h"

namespace conclave::load {

struct OutgoingPacket {
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  bool rtx = false;
  // Empty without simulcast.
  std::string_view rid;
  // The receiver may not know yet whose stream it is: say MID and RID.
  bool identify = false;
  // RFC 6464.
  uint8_t audio_level = 127;
  std::span<const uint8_t> payload;
};

class PacketSink {
 public:
  virtual ~PacketSink() = default;
  // The payload lives for the call only.
  virtual void OnPacket(const OutgoingPacket& packet) = 0;
};

struct SenderStats {
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t rtx_packets = 0;
  uint64_t key_frames = 0;
  uint64_t key_frame_requests = 0;
};

class Sender {
 public:
  // `clips`: one for each encoding, lowest first (a single one for audio); they outlive the sender.
  // `silence` is what a microphone sends while nobody speaks; null for video.
  Sender(const router::TrackConfig& config, uint32_t participant, std::vector<const Clip*> clips,
         const Clip* silence, Random& random);

  const router::TrackConfig& config() const { return config_; }
  bool is_audio() const { return silence_ != nullptr; }
  void Start(Instant now);
  // A microphone: speech, or the rare packets of silence.
  void SetTalking(Instant now, bool talking);
  void SetMuted(bool muted) { muted_ = muted; }
  // Bit i: the i-th encoding. What is switched on begins with a key frame.
  void SetWanted(uint8_t encodings);

  Instant NextDeadline() const;
  void OnDeadline(Instant now, PacketSink& sink);
  // Each says whether the SSRC is one of ours.
  bool OnKeyFrameRequest(uint32_t ssrc);
  bool OnNack(Instant now, uint32_t ssrc, uint16_t sequence, PacketSink& sink);

  size_t encodings() const { return layers_.size(); }
  uint32_t ssrc(size_t encoding) const { return layers_[encoding].ssrc; }
  // Nothing before the first packet.
  std::optional<wire::SenderInfo> Report(size_t encoding, Instant now, uint64_t ntp_time) const;
  const SenderStats& stats() const { return stats_; }

 private:
  // Enough of a packet to make it once more.
  struct Sent {
    bool valid = false;
    uint16_t sequence = 0;
    const Clip* clip = nullptr;
    uint32_t packet = 0;
    uint16_t picture_id = 0;
    uint8_t tl0 = 0;
    bool key_start = false;
    bool marker = false;
    uint32_t counter = 0;
    uint32_t timestamp = 0;
    Instant at;
  };
  // A second of video of a few megabits.
  static constexpr size_t kHistory = 256;
  struct Layer {
    const Clip* clip = nullptr;
    uint32_t ssrc = 0;
    uint32_t rtx_ssrc = 0;
    uint16_t sequence = 0;
    uint16_t rtx_sequence = 0;
    uint16_t picture_id = 0;
    uint8_t tl0 = 0;
    size_t frame = 0;
    bool key_due = true;
    uint32_t counter = 0;
    uint32_t packets = 0;
    uint32_t bytes = 0;
    Instant next = Instant::Never();
    std::vector<Sent> history;
  };

  uint32_t TimestampAt(Instant at) const;
  void SendFrame(Instant now, size_t encoding, PacketSink& sink);
  std::span<const uint8_t> Payload(size_t encoding, const Sent& sent, size_t prefix_bytes);
  void Identify(const Layer& layer, size_t encoding, OutgoingPacket& packet) const;

  router::TrackConfig config_;
  uint32_t participant_;
  const Clip* silence_;
  std::vector<Layer> layers_;
  uint32_t timestamp_offset_;
  uint8_t wanted_ = 0xff;
  bool muted_;
  bool talking_ = false;
  bool started_ = false;
  uint8_t level_;
  std::array<uint8_t, 1500> scratch_;
  SenderStats stats_;
};

}  // namespace conclave::load
