#include "tests/load/conversation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace conclave::load {
namespace {

// ITU-T P.59 section 4: mean lengths of single talk, double talk and mutual silence, the least
// mutual silence, and how often single talk ends in double talk rather than in silence.
constexpr double kSingleTalkMean_s = 0.854;
constexpr double kDoubleTalkMean_s = 0.226;
constexpr double kSilenceMean_s = 0.456;
constexpr double kSilenceMin_s = 0.200;
constexpr double kDoubleTalkShare = 0.4;
// How long two have the floor before the next one joins in.
constexpr double kFloorMean_s = 10;

double Even(Random& random) { return (random.Next32() + 0.5) / 4294967296.0; }

Duration Exponential(double mean_s, Random& random) {
  return Duration::Micros(static_cast<int64_t>(-mean_s * std::log(Even(random)) * 1e6));
}

class Floor {
 public:
  Floor(uint32_t talkers, Random& random) : talkers_(talkers), random_(random) {
    pair_ = {0, talkers > 1 ? 1U : 0U};
    next_talker_ = talkers > 2 ? 2 : 0;
    change_ = Exponential(kFloorMean_s, random);
  }

  std::vector<Talkspurt> Run(Duration length) {
    Duration now;
    while (now < length) {
      const size_t who = Even(random_) < 0.5 ? 0 : 1;
      now = Turn(who, now);
      const double pause_s = Exponential(kSilenceMean_s, random_).seconds();
      now += Duration::Micros(static_cast<int64_t>(std::max(pause_s, kSilenceMin_s) * 1e6));
      if (now >= change_) PassOn(now);
    }
    std::ranges::sort(spurts_, {}, &Talkspurt::begin);
    return spurts_;
  }

 private:
  // From the end of a silence to the next one; returns that.
  Duration Turn(size_t who, Duration now) {
    Duration begin = now;
    while (true) {
      const Duration end = now + Exponential(kSingleTalkMean_s, random_);
      const bool interrupted = pair_[0] != pair_[1] && Even(random_) < kDoubleTalkShare;
      if (!interrupted) {
        spurts_.push_back({pair_[who], begin, end});
        return end;
      }
      const Duration both_until = end + Exponential(kDoubleTalkMean_s, random_);
      // One of them goes on alone.
      if (Even(random_) < 0.5) {
        spurts_.push_back({pair_[1 - who], end, both_until});
      } else {
        spurts_.push_back({pair_[who], begin, both_until});
        who = 1 - who;
        begin = end;
      }
      now = both_until;
    }
  }

  void PassOn(Duration now) {
    change_ = now + Exponential(kFloorMean_s, random_);
    if (talkers_ < 3) return;
    pair_ = {pair_[1], next_talker_};
    do {
      next_talker_ = (next_talker_ + 1) % talkers_;
    } while (next_talker_ == pair_[0] || next_talker_ == pair_[1]);
  }

  const uint32_t talkers_;
  Random& random_;
  std::array<uint32_t, 2> pair_{};
  uint32_t next_talker_ = 0;
  Duration change_;
  std::vector<Talkspurt> spurts_;
};

}  // namespace

std::vector<Talkspurt> MakeConversation(uint32_t talkers, Duration length, Random& random) {
  if (talkers == 0) return {};
  return Floor(talkers, random).Run(length);
}

void ConversationCursor::Advance(Duration since_begin) {
  for (; next_ < spurts_->size() && (*spurts_)[next_].begin <= since_begin; ++next_) {
    newest_[(*spurts_)[next_].talker] = static_cast<int>(next_);
  }
}

bool ConversationCursor::Speaks(uint32_t talker, Duration since_begin) const {
  const int newest = newest_[talker];
  return newest >= 0 && since_begin < (*spurts_)[static_cast<size_t>(newest)].end;
}

}  // namespace conclave::load
