// A scripted sender of one media section: makes the packets that a browser would make, on time, and
// keeps them to answer NACKs.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "router/commands.h"
#include "sim/fake_svc.h"
#include "wire/rtcp.h"

namespace conclave::sim {

// A packet without its header extensions, which the client adds (they count per transport).
struct FakePacket {
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  bool rtx = false;
  // Empty without simulcast.
  std::string rid;
  std::vector<uint8_t> payload;
  // Empty where there is none.
  std::vector<uint8_t> descriptor;
};

// How often a scripted sender sends: the heavier, the fewer seeds.
struct FakePace {
  Duration audio = Duration::Millis(20);
  // Between packets while silent: as `audio`, or longer as with DTX.
  Duration silence = Duration::Millis(20);
  Duration video = Duration::Millis(100);
  uint8_t packets_per_frame = 2;
  // By layer, where set: a frame's bytes, in as many packets as that takes.
  std::vector<size_t> frame_bytes;
  // Key frames are larger; 0: they are not.
  uint8_t packets_per_key_frame = 0;
  // Layers of a camera whose codec is AV1 or VP9.
  wire::SvcMode svc = {3, 3, true};
};

class FakeTrack {
 public:
  // What audio says of itself while it is not silent: 127 - level decides who is loudest.
  static constexpr uint8_t kSilence = 127;

  // `ntp_offset_s`: the client's wall clock, the same for all its tracks.
  FakeTrack(const router::TrackConfig& config, const FakePace& pace, uint64_t ntp_offset_s,
            Random& random);

  const router::TrackConfig& config() const { return config_; }
  bool is_audio() const;
  size_t layer_count() const { return layers_.size(); }
  uint32_t ssrc(size_t layer) const { return layers_[layer].ssrc; }
  uint8_t level() const { return level_; }
  void set_level(uint8_t level) { level_ = level; }
  // A muted track sends nothing (replaceTrack(null) or a disabled one without DTX).
  void set_muted(bool muted) { muted_ = muted; }
  bool muted() const { return muted_; }
  // How many of the layers are encoded, lowest first: a browser drops the upper ones when it must.
  void set_active_layers(size_t count) { active_layers_ = count; }

  // Which of the layers the server wants (bit i), from `at` on; one that is switched on begins with
  // a key frame. Of a scalable stream, those that a picture of that height needs.
  void SetEncodings(Instant at, uint8_t layers, uint16_t height_px = UINT16_MAX) {
    wished_ = {at, layers, height_px};
  }
  // Bytes of payload of all layers.
  uint64_t bytes_sent() const { return bytes_sent_; }

  void Start(Instant now);
  Instant NextDeadline() const { return muted_ ? Instant::Never() : next_; }
  void OnDeadline(Instant now, std::vector<FakePacket>& out);
  // Whether `ssrc` is one of ours: the next frame of that layer is a key frame.
  bool OnKeyFrameRequest(uint32_t ssrc);
  // Appends the RTX packets (RFC 4588) of what is still kept.
  bool OnNack(uint32_t ssrc, uint16_t sequence, std::vector<FakePacket>& out);
  // Of one layer, for its sender report. Nothing before the first packet.
  std::optional<wire::SenderInfo> MakeSenderInfo(size_t layer, Instant now) const;

  uint64_t key_frames() const { return key_frames_; }
  uint64_t key_frame_requests() const { return key_frame_requests_; }
  uint64_t nacks() const { return nacks_; }
  uint64_t packets_sent() const { return packets_sent_; }

 private:
  struct Layer {
    uint32_t ssrc = 0;
    uint32_t rtx_ssrc = 0;
    uint16_t sequence = 0;
    uint16_t rtx_sequence = 0;
    uint32_t frame = 0;
    uint16_t picture_id = 0;
    uint8_t tl0_picture_index = 0;
    bool key_frame_due = true;
    uint32_t packets = 0;
    uint32_t bytes = 0;
    std::deque<FakePacket> history;
  };

  uint32_t TimestampAt(Instant now) const;
  void ApplyWish(Instant now);
  void SendFrame(size_t layer, Instant now, std::vector<FakePacket>& out);
  void SendPicture(Instant now, std::vector<FakePacket>& out);
  void Send(size_t layer, FakePacket packet, Instant now, std::vector<FakePacket>& out);

  router::TrackConfig config_;
  FakePace pace_;
  std::vector<Layer> layers_;
  // Set where one stream carries all layers.
  std::optional<FakeSvc> svc_;
  size_t active_layers_;
  struct Wish {
    Instant at = Instant::Never();
    uint8_t layers = 0;
    uint16_t height_px = UINT16_MAX;
  };
  Wish wished_;
  uint8_t encodings_ = 0xff;
  uint32_t timestamp_offset_;
  uint64_t ntp_offset_s_;
  uint8_t level_ = kSilence;
  bool muted_ = false;
  Instant next_ = Instant::Never();
  uint64_t key_frames_ = 0;
  uint64_t key_frame_requests_ = 0;
  uint64_t nacks_ = 0;
  uint64_t packets_sent_ = 0;
  uint64_t bytes_sent_ = 0;
};

}  // namespace conclave::sim
