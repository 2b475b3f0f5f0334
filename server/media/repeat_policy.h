// Whether a receiver's audio is worth sending more than once, how often, and how far apart
// (decisions 17): the same packet again a little later works in every browser.
#pragma once

#include <cstdint>
#include <optional>

#include "base/data_rate.h"
#include "base/time.h"
#include "media/audio_loss.h"

namespace conclave::media {

// Copy number n (from 1) leaves n * spacing after the original.
struct RepeatPlan {
  uint8_t copies = 0;
  Duration spacing;
  bool operator==(const RepeatPlan&) const = default;
};

// One per receiver. Loss asks for copies; a queue forbids them, since a path that loses because it
// is full loses more with every copy. Where there is no queue to see (a policer, or one that never
// drains), they are judged by what they do: of chance losses they leave few, while a full path
// carries no more packets than before, whatever is sent. Then it is tried without.
class RepeatPolicy {
 public:
  static constexpr uint8_t kCopiesMax = 3;
  // From which share of loss on there are so many copies. What is left after them: under 2 % up to
  // 14 %, under 6.4 % up to 40 %.
  static constexpr double kOneCopy = 0.02;
  static constexpr double kTwoCopies = 0.14;
  static constexpr double kThreeCopies = 0.40;
  // They are taken off at this part of it, and not before this: loss comes in spells. At half of
  // it, 10 % would keep the second copy for good, once chance has made it 14 % of 256 packets.
  static constexpr double kOff = 0.7;
  static constexpr Duration kOnMin = Duration::Seconds(5);
  // Fewer packets or losses are chance.
  static constexpr double kPacketsMin = 30;
  static constexpr double kLostMin = 2.5;
  // Where losses come in bursts as long as this (three packets of 20 ms), half the share is enough:
  // a copy is then lost with its original more often.
  static constexpr Duration kBursty = Duration::Millis(50);

  // Less would leave with the next packet's own loss, more would be waited for by no jitter buffer.
  static constexpr Duration kSpacingMin = Duration::Millis(20);
  static constexpr Duration kSpacingMax = Duration::Millis(100);
  // NetEq waits for late packets as long as a percent of loss that it saves costs at most so much.
  static constexpr Duration kWaitPerPercent = Duration::Millis(20);

  // The delay without a queue is the least of the last 30 to 60 s: a longer path, or a queue that
  // others keep up and that copies do not make, forbids nothing after that.
  static constexpr Duration kBaseInterval = Duration::Seconds(30);
  // A queue that no packet of a feedback escapes, for so long, is congestion.
  static constexpr Duration kQueueMin = Duration::Millis(60);
  static constexpr Duration kQueueTime = Duration::Millis(500);
  // After it there are no copies for this long; longer each time where copies bring it back.
  static constexpr Duration kHold = Duration::Seconds(2);
  static constexpr Duration kHoldMax = Duration::Seconds(120);
  static constexpr Duration kBlame = Duration::Seconds(10);
  // Copies that leave more than this of the loss without them do not help: one copy leaves less
  // wherever less than that is lost, and on a full path no number of them leaves less than all.
  static constexpr double kHelps = 0.7;
  // What is left of so little does not matter, and is chance.
  static constexpr double kSuspicious = 0.05;
  static constexpr int kPacketsWith = 150;
  static constexpr int kPacketsWithout = 100;
  // Their queue, and what was planned before, is not to be part of the trial.
  static constexpr Duration kDrain = Duration::Millis(500);
  static constexpr Duration kProvenHold = Duration::Seconds(30);
  // Copies may always take so much, and else what audio leaves of half the target: under heavy
  // random loss no target is to be trusted, while the delay would tell of a queue.
  static constexpr DataRate kAlways = DataRate::Kbps(128);

  // What feedback says of first transmissions, in the order of sending.
  void OnPacket(Instant sent, bool received) { loss_.OnPacket(sent, received); }
  // One that was reported lost has come.
  void OnLate() { loss_.TakeBack(); }
  // What feedback says of a packet and its copies together, in the order of sending: whether any of
  // them came, or (after all) came though none had.
  void OnOutcome(Instant sent, bool came);
  void OnLateOutcome(Instant sent);
  // How long the fastest packet of one feedback travelled, by two clocks.
  void OnTravel(Instant now, Duration travel);
  // ICE chose another path, whose delay says nothing of the old one's.
  void OnRouteChange();
  // To be called with each news. `audio` without copies.
  void Update(Instant now, DataRate audio, DataRate target);

  const AudioLoss& loss() const { return loss_; }
  const RepeatPlan& plan() const { return plan_; }

 private:
  void OnQueue(Instant now, Duration queue);
  void ForgetLoss(Instant now);
  void ChooseLevel(Instant now);
  void Suspect(Instant now);
  void EndTrial(Instant now, double share);
  void CountFrom(Instant when);
  bool Allowed(Instant now) const { return !congested_ && now >= held_until_ && !trying_; }
  Duration Spacing() const;

  AudioLoss loss_;
  RepeatPlan plan_;
  // What the loss asks for.
  uint8_t level_ = 0;
  Instant level_since_;
  // The least travel of this interval and of the one before.
  std::optional<Duration> base_;
  std::optional<Duration> base_before_;
  Instant base_since_;
  std::optional<Instant> queued_since_;
  bool congested_ = false;
  Instant held_until_;
  Duration hold_ = kHold;
  Duration proven_hold_ = kProvenHold;
  // From when on outcomes count, and how they were.
  Instant began_;
  int sent_ = 0;
  int missing_ = 0;
  // What was lost before there were copies.
  double share_before_ = 0;
  // Copies are off, to see what is lost then; with them `share_with_` was missing.
  bool trying_ = false;
  double share_with_ = 0;
};

}  // namespace conclave::media
