// What a flow wants to send: frames of video whose size follows the controller's target.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/bwe/event_queue.h"
#include "sim/bwe/rng.h"

namespace conclave::sim {

// Sizes on the wire, overhead included.
inline constexpr int kMediaPacketMax = 1200;

// Appends the packets of a frame of `bytes`.
void Packetize(int64_t bytes, std::vector<int>& packets);

class Source {
 public:
  virtual ~Source() = default;
  // Appends the packets of the frames that are due at `now`. `target_bps` is what video may take.
  virtual void Emit(Micros now, int64_t target_bps, std::vector<int>& packets) = 0;
  virtual Micros NextTime() const = 0;
  // What this source would use on a perfect network.
  virtual int64_t desired_bps() const = 0;
  // The least rate that is of more use than what it sends now; zero: any.
  virtual int64_t next_step_bps() const { return 0; }
};

// 30 frames a second of N(mu, .15 mu) bytes, the first one three times as large; at most `max_bps`.
class AdaptiveEncoder final : public Source {
 public:
  AdaptiveEncoder(Micros start, int64_t max_bps, uint64_t seed)
      : max_bps_(max_bps), next_(start), rng_(seed) {}
  void Emit(Micros now, int64_t target_bps, std::vector<int>& packets) override;
  Micros NextTime() const override { return next_; }
  int64_t desired_bps() const override { return max_bps_; }

 private:
  int64_t max_bps_;
  Micros next_;
  Rng rng_;
  bool key_frame_ = true;
};

// A shared screen: `idle_bps`, and every few seconds a burst of one second of whatever fits.
class ScreenShare final : public Source {
 public:
  ScreenShare(int64_t idle_bps, int64_t max_bps, uint64_t seed)
      : idle_bps_(idle_bps), max_bps_(max_bps), rng_(seed) {}
  void Emit(Micros now, int64_t target_bps, std::vector<int>& packets) override;
  Micros NextTime() const override { return next_; }
  int64_t desired_bps() const override { return max_bps_; }

 private:
  int64_t idle_bps_;
  int64_t max_bps_;
  Rng rng_;
  Micros next_ = 0;
};

}  // namespace conclave::sim
