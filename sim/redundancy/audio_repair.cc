#include "sim/redundancy/audio_repair.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"

namespace conclave::sim {
namespace {

constexpr Duration kFrame = Duration::Millis(20);
// RFC 7587 section 3.1.3: so often something is sent in a pause.
constexpr int kPauseFrames = 20;
constexpr double kSpellFrames = 50;
// What browsers make of a voice: 32 kbps; and what Opus says of noise.
constexpr size_t kVoiceBytes = 80;
constexpr size_t kNoiseBytes = 10;
// RTP, the CSRC, four bytes and twelve of extensions, the tag of AES-GCM (RFC 7714).
constexpr size_t kRtpBytes = 12 + 4 + 16 + 16;
constexpr size_t kUdpIpv4Bytes = 28;
// RFC 2198 section 3: before each redundant block, and before the last one.
constexpr size_t kBlockHeaderBytes = 4;
constexpr size_t kLastHeaderBytes = 1;

struct Frame {
  Instant sent;
  size_t bytes = 0;
  bool first_came = false;
  std::optional<Instant> came;
};

class Run {
 public:
  Run(const RepairScenario& scenario, const RepairScheme& scheme)
      : scenario_(scenario), scheme_(scheme), network_(scenario.seed), random_(~scenario.seed) {}

  const std::vector<Frame>& frames() {
    const Instant end = start_ + scenario_.duration;
    for (Instant now = start_; now < end; now = now + kFrame) {
      Receive(now);
      if (const size_t bytes = NextFrame()) Send(now, bytes);
      SendCopies(now);
    }
    Receive(Instant::Never());
    return frames_;
  }
  int64_t wire_bytes() const { return wire_bytes_; }

 private:
  // Bytes of the frame that is sent now; 0: none is.
  size_t NextFrame() {
    if (!scenario_.pauses) return kVoiceBytes;
    if (--spell_ <= 0) {
      talks_ = !talks_;
      const double even = (random_.Next32() + 1.0) / 4294967297.0;
      spell_ = 1 + static_cast<int>(-std::log(even) * kSpellFrames);
      silent_ = 0;
    }
    if (talks_) return kVoiceBytes;
    return silent_++ % kPauseFrames == 0 ? kNoiseBytes : 0;
  }
  void Send(Instant now, size_t bytes) {
    const auto number = static_cast<uint32_t>(frames_.size());
    frames_.push_back({now, bytes, false, std::nullopt});
    std::vector<uint32_t> carried = {number};
    size_t size = bytes;
    for (int block = 1; block <= scheme_.blocks; ++block) {
      const auto before = FrameOf(now - scheme_.spacing * block);
      if (!before) continue;
      carried.push_back(*before);
      size += frames_[*before].bytes + kBlockHeaderBytes;
    }
    Emit(now, carried, size + (scheme_.blocks > 0 ? kLastHeaderBytes : 0), true);
  }
  void SendCopies(Instant now) {
    for (int copy = 1; copy <= scheme_.copies; ++copy) {
      const auto number = FrameOf(now - scheme_.spacing * copy);
      if (number) Emit(now, {*number}, frames_[*number].bytes, false);
    }
  }
  std::optional<uint32_t> FrameOf(Instant sent) const {
    for (size_t number = frames_.size(); number-- > 0 && frames_[number].sent >= sent;) {
      if (frames_[number].sent == sent) return static_cast<uint32_t>(number);
    }
    return std::nullopt;
  }
  void Emit(Instant now, const std::vector<uint32_t>& carried, size_t payload_bytes, bool first) {
    // The network adds IP and UDP itself.
    std::vector<uint8_t> datagram(kRtpBytes + payload_bytes);
    datagram[0] = first ? 1 : 0;
    datagram[1] = static_cast<uint8_t>(carried.size());
    CHECK(2 + 4 * carried.size() <= datagram.size());
    std::memcpy(datagram.data() + 2, carried.data(), 4 * carried.size());
    wire_bytes_ += static_cast<int64_t>(datagram.size() + kUdpIpv4Bytes);
    network_.Send(now, from_, to_, datagram, scenario_.link);
  }
  void Receive(Instant now) {
    while (const auto delivery = network_.Receive(now)) {
      const std::vector<uint8_t>& bytes = delivery->bytes;
      for (size_t i = 0; i < bytes[1]; ++i) {
        uint32_t number = 0;
        std::memcpy(&number, bytes.data() + 2 + 4 * i, 4);
        Frame& frame = frames_[number];
        frame.first_came |= bytes[0] == 1 && i == 0;
        frame.came = std::min(frame.came.value_or(delivery->arrival), delivery->arrival);
      }
    }
  }

  const RepairScenario scenario_;
  const RepairScheme scheme_;
  VirtualNetwork network_;
  SeededRandom random_;
  const Instant start_ = Instant::FromMicros(1'000'000);
  const SocketAddress from_ = {IpAddress::V4(192, 0, 2, 1), 1};
  const SocketAddress to_ = {IpAddress::V4(198, 51, 100, 1), 1};
  std::vector<Frame> frames_;
  int64_t wire_bytes_ = 0;
  int spell_ = 0;
  int silent_ = 0;
  bool talks_ = false;
};

}  // namespace

RepairResult RunRepair(const RepairScenario& scenario, const RepairScheme& scheme) {
  Run run(scenario, scheme);
  RepairResult result;
  result.duration = scenario.duration;
  for (const Frame& frame : run.frames()) {
    ++result.frames;
    const Duration late =
        frame.came ? *frame.came - frame.sent - scenario.link.delay : Duration::Seconds(3600);
    result.missed_80ms += late > Duration::Millis(80);
    result.missed_160ms += late > Duration::Millis(160);
    result.missed += !frame.came;
    if (!frame.came || frame.first_came) continue;
    ++result.repaired;
    result.waited += late;
    result.waited_most = std::max(result.waited_most, late);
  }
  result.wire_bytes = run.wire_bytes();
  return result;
}

RepairScheme BuiltScheme(const RepairScenario& scenario) {
  Run run(scenario, {});
  media::RepeatPolicy policy;
  for (const Frame& frame : run.frames()) {
    policy.OnPacket(frame.sent, frame.first_came);
    policy.Update(frame.sent, DataRate::Kbps(62), DataRate::Kbps(1000));
  }
  // What it is on average of the time, since it wavers about its bounds, is of no use here.
  const media::RepeatPlan& plan = policy.plan();
  const int64_t spacing_frames = (plan.spacing.us() + kFrame.us() / 2) / kFrame.us();
  return {plan.copies, 0, kFrame * std::max<int64_t>(spacing_frames, 1)};
}

}  // namespace conclave::sim
