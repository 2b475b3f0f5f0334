// When what waits for one receiver may leave: media at the pacing rate, in runs that are worth a
// system call; padding below its own rate. Holds no packets: the send queue does, and asks.
#pragma once

#include <cstdint>

#include "base/data_rate.h"
#include "base/time.h"
#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

// What the pacer does not know itself.
struct PacerLoad {
  // Waiting, audio aside.
  int64_t queued_bytes = 0;
  // Sent and not yet acknowledged.
  int64_t in_flight_bytes = 0;
};

// One per receiver. Time never goes back. Audio goes around it but counts: OnSent is told of it,
// MaySend is not asked. Allocates nothing.
class Pacer {
 public:
  // Decisions 26: what may leave at once is what the pacing rate carries in this time, and at least
  // one packet;
  static constexpr Duration kBurst = Duration::Millis(5);
  // or a run of eight packets, where the path is thought to carry twice of what is sent and the run
  // so takes no longer than this.
  static constexpr int64_t kRunBytes = 8 * 1300;
  static constexpr Duration kRunMax = Duration::Millis(10);
  static constexpr int64_t kRunHeadroom = 2;
  // A queue that would take longer is sent faster (libwebrtc, modules/pacing).
  static constexpr Duration kDrainMax = Duration::Seconds(2);
  // What goes beside the pacing may not silence it for longer (libwebrtc, modules/pacing).
  static constexpr Duration kDebtMax = Duration::Millis(500);
  // A full window lets one packet through where nothing left for so long: all that was sent may be
  // lost, and only what is sent can be acknowledged.
  static constexpr Duration kBlockedMax = Duration::Millis(500);

  // Before the first plan, and while its pacing rate is zero, nothing waits. `sending`: what media
  // takes at present.
  void SetPlan(const SendPlan& plan, DataRate sending, Instant now);
  // Who asks comes by no more often than this, so at least this time's worth may leave at once:
  // twice of it, since what is not quite paid off at the next time waits for the one after.
  void SetTurn(Duration turn);
  // A packet of any kind left, with all that the network adds to it.
  void OnSent(int size_bytes, Instant now);

  // Whether the next packet of the queue may leave.
  bool MaySend(const PacerLoad& load, Instant now);
  // Whether a packet of padding may leave, where nothing waits.
  bool MayPad(const PacerLoad& load, Instant now);
  // When one of them may be true again, if nothing but time changes; Never: only news changes that.
  Instant NextTime(const PacerLoad& load, Instant now) const;

 private:
  void SetBurst();
  double Rate(const PacerLoad& load) const;
  bool Blocked(const PacerLoad& load, Instant now) const;
  void Drain(const PacerLoad& load, Instant now);

  bool planned_ = false;
  SendPlan plan_;
  bool roomy_ = false;
  Duration turn_;
  // May leave at once.
  double burst_bytes_ = 0;
  // Bytes that left ahead of the rate, less with time.
  double media_debt_ = 0;
  double padding_debt_ = 0;
  // From no debt until the bucket is used up; so packets leave in runs.
  bool bursting_ = true;
  Instant drained_at_;
  Instant last_sent_;
};

}  // namespace conclave::media
