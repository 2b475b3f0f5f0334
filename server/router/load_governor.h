// How a shard's thread keeps up: from how much of the time it is busy, how far apart it sends, and
// how much it leaves out. Sending seldom makes long runs for each receiver, so it is the cheaper
// way and comes first; what is left out comes only where that is not enough.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace conclave::router {

// What is left out, each with all before it. Audio never is.
enum class Shedding : uint8_t {
  kNothing,
  // Pictures that no layout has asked for, and padding.
  kUnasked,
  // The frame rate and size of what is not on a stage, then of everything.
  kSmallTiles,
  kSmallAll,
  // All but the first few pictures of each layout.
  kLastFew,
  kVideo,
  // Nobody else may join.
  kJoins,
};

// Told of each turn of the thread; decides every kWindow.
class LoadGovernor {
 public:
  // A few turns of a full shard; a burst of key frames is over.
  static constexpr Duration kWindow = Duration::Millis(50);
  // The longest that anything waits to be sent: one packet of each voice comes in this time.
  static constexpr Duration kTurnMax = Duration::Millis(20);
  // A shorter wait saves nothing.
  static constexpr Duration kTurnMin = Duration::Millis(1);
  // Where there is hardly any time left, the least that helps.
  static constexpr Duration kTurnFull = Duration::Millis(5);
  // Busy for more of a window: sends are made rarer. For less: more frequent.
  static constexpr int kBusyPercent = 75;
  static constexpr int kIdlePercent = 50;
  // At this share the thread is about to be late, so what is decided is decided for good.
  static constexpr int kFullPercent = 92;
  // So many full windows in a row, with turns as long as they get, and something is left out: a
  // quarter of a second after the load came. More is after so many further ones, when the step
  // before has shown what it saves: to a smaller layer one goes at its next key frame.
  static constexpr int kFullWindowsFirst = 3;
  static constexpr int kFullWindowsNext = 10;
  // What is left out comes back, step by step, after so long below kCalmPercent; after twice as
  // long each time that it had to go again soon, up to the second.
  static constexpr int kCalmPercent = 65;
  static constexpr Duration kCalm = Duration::Seconds(2);
  static constexpr Duration kCalmMax = Duration::Seconds(60);

  // A turn of the thread ends, in which it used no CPU for so long.
  // Returns whether shedding() is another than before.
  bool OnTurn(Instant now, Duration waited);

  // How far apart sends are; zero: nothing waits.
  Duration turn() const { return turn_; }
  Shedding shedding() const { return shedding_; }
  // Of the last window.
  int busy_percent() const { return busy_percent_; }

 private:
  bool Decide(Instant now);
  void SetTurn();
  void More(Instant now);
  void Less(Instant now);

  Instant window_began_;
  Duration waited_;
  int busy_percent_ = 0;
  Duration turn_;
  Shedding shedding_ = Shedding::kNothing;
  int full_windows_ = 0;
  // Since when the shard has been calm; Never: it is not.
  Instant calm_since_ = Instant::Never();
  Duration calm_needed_ = kCalm;
  // When something came back, unless something had to go since.
  std::optional<Instant> relaxed_at_;
};

}  // namespace conclave::router
