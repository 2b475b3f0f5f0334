#include "media/repeat_policy.h"

#include <algorithm>
#include <array>
#include <utility>

namespace conclave::media {

void RepeatPolicy::OnRouteChange() {
  base_.reset();
  base_before_.reset();
}

void RepeatPolicy::OnTravel(Instant now, Duration travel) {
  if (now - base_since_ >= kBaseInterval) {
    base_before_ = std::exchange(base_, std::nullopt);
    base_since_ = now;
  }
  base_ = std::min(base_.value_or(travel), travel);
  OnQueue(now, travel - std::min(*base_, base_before_.value_or(*base_)));
}

void RepeatPolicy::OnQueue(Instant now, Duration queue) {
  if (queue <= kQueueMin) {
    queued_since_.reset();
    // The queue lost them, so they say nothing of what chance will lose: where copies are worth
    // their room shows again before the hold is over.
    if (congested_) ForgetLoss(now);
    congested_ = false;
    return;
  }
  if (!queued_since_) queued_since_ = now;
  if (now - *queued_since_ < kQueueTime) return;
  if (!congested_) {
    const bool ours = plan_.copies > 0 && now - began_ < kBlame;
    hold_ = ours ? std::min(hold_ * 2, kHoldMax) : kHold;
  }
  congested_ = true;
  held_until_ = now + hold_;
}

void RepeatPolicy::ForgetLoss(Instant now) {
  loss_ = {};
  level_ = 0;
  level_since_ = now;
}

void RepeatPolicy::ChooseLevel(Instant now) {
  constexpr std::array<double, kCopiesMax> kFrom = {kOneCopy, kTwoCopies, kThreeCopies};
  if (loss_.packets() < kPacketsMin) return;
  const double weight = loss_.burst() >= kBursty ? 2 : 1;
  const double share = loss_.share() * weight;
  uint8_t level = level_;
  while (level < kCopiesMax && share >= kFrom[level] && loss_.lost() >= kLostMin) ++level;
  while (level > 0 && share < kFrom[level - 1u] * kOff) --level;
  if (level == level_ || (level < level_ && now - level_since_ < kOnMin)) return;
  level_ = level;
  level_since_ = now;
}

Duration RepeatPolicy::Spacing() const {
  const Duration worth = kWaitPerPercent * static_cast<int64_t>(loss_.share() * 100);
  const Duration most = std::clamp(worth, kSpacingMin, kSpacingMax);
  return std::clamp(loss_.burst() * 5 / 4, kSpacingMin, most);
}

void RepeatPolicy::OnOutcome(Instant sent, bool came) {
  if (sent < began_) return;
  ++sent_;
  missing_ += came ? 0 : 1;
}

void RepeatPolicy::OnLateOutcome(Instant sent) {
  if (sent >= began_ && missing_ > 0) --missing_;
}

void RepeatPolicy::CountFrom(Instant when) {
  began_ = when;
  sent_ = missing_ = 0;
}

void RepeatPolicy::EndTrial(Instant now, double share) {
  trying_ = false;
  if (share_with_ <= kHelps * share) return;
  held_until_ = now + proven_hold_;
  proven_hold_ = std::min(proven_hold_ * 2, kHoldMax);
}

void RepeatPolicy::Suspect(Instant now) {
  if (!trying_ && plan_.copies == 0) return;
  if (sent_ < (trying_ ? kPacketsWithout : kPacketsWith)) return;
  const double share = static_cast<double>(missing_) / sent_;
  if (trying_) return EndTrial(now, share);
  const bool helps = share < kSuspicious || share <= kHelps * share_before_;
  CountFrom(helps ? now : now + kDrain);
  trying_ = !helps;
  share_with_ = share;
}

void RepeatPolicy::Update(Instant now, DataRate audio, DataRate target) {
  ChooseLevel(now);
  Suspect(now);
  const int64_t room = std::max(kAlways.bps(), target.bps() / 2 - audio.bps());
  const int64_t fit = room / std::max<int64_t>(audio.bps(), 1);
  const int64_t wanted = std::min<int64_t>(level_, std::max<int64_t>(fit, 1));
  const auto copies = static_cast<uint8_t>(Allowed(now) ? wanted : 0);
  if (copies > plan_.copies) {
    if (plan_.copies == 0) share_before_ = loss_.share();
    CountFrom(now);
  }
  plan_ = {copies, Spacing()};
}

}  // namespace conclave::media
