#include "tests/load/worker.h"

#include <algorithm>
#include <ctime>

#include "io/clock.h"

namespace conclave::load {
namespace {

// Between leaving and coming back.
constexpr Duration kAway = Duration::Seconds(1);
// Talkers are looked at as often as they may begin to speak.
constexpr Duration kTalkerLook = Duration::Millis(10);

// Of Settings::live: easy, and how long they are left alone.
constexpr double kLiveRate = 20;
constexpr Duration kLiveAlone = Duration::Seconds(3);

// When the participant of that place in the order joins, from the beginning on.
Duration JoinTime(const Settings& settings, uint32_t order) {
  const auto after = [](uint32_t joins, double rate) {
    return rate > 0 ? Duration::Micros(static_cast<int64_t>(joins / rate * 1e6)) : Duration();
  };
  if (order < settings.live) return after(order, kLiveRate);
  const Duration first =
      settings.live > 0 ? after(settings.live, kLiveRate) + kLiveAlone : Duration();
  return first + after(order - settings.live, settings.joins_per_second);
}

void SleepUntil(Instant at) {
  const timespec time{at.us() / 1'000'000, at.us() % 1'000'000 * 1000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
}

}  // namespace

Worker::Worker(RunContext& run, uint32_t index)
    : run_(run),
      random_(run.settings.seed * 1000003 + index),
      transport_(run.certificate, random_),
      session_{transport_, run.media, run.directory, random_, {}, {}, Duration()},
      context_{run.settings, run.server, run.tls, run.certificate.fingerprint(),
               session_,     arena_,     poller_, random_,
               {},           {},         {}} {
  const Settings& settings = run.settings;
  for (const auto& room : run.rooms) cursors_.emplace_back(room->spurts, room->talkers);
  // Place by place over all rooms: talkers and cameras come first everywhere.
  uint32_t order = 0;
  for (uint32_t place = 0; place < settings.participants; ++place) {
    for (uint32_t room = 0; room < settings.rooms; ++room, ++order) {
      if (order % settings.threads != index) continue;
      const Part part = PartOf(settings, room, place);
      AddMember(room, part, run.begin + JoinTime(settings, order));
    }
  }
  for (uint32_t i = index; i < settings.hostile; i += settings.threads) {
    AddMember(0, HostilePart(settings, i), run.begin);
  }
}

void Worker::AddMember(uint32_t room, const Part& part, Instant join_at) {
  members_.push_back(
      {std::make_unique<Participant>(context_, *run_.rooms[room], part, members_.size() << 1),
       join_at, Participant::State::kAway});
  deadlines_.push_back(join_at);
}

void Worker::Run() {
  Instant next = io::Now();
  while (!run_.state.stop) {
    Instant now = io::Now();
    if (now < next) {
      SleepUntil(next);
      now = io::Now();
    }
    latest_tick_ = std::max(latest_tick_, now - next);
    // A late one is not made up for.
    next = std::max(next + run_.settings.tick, now);
    Tick(now);
  }
  const Instant now = io::Now();
  for (Member& member : members_) {
    member.participant->Leave(now);
    tallies_.push_back(member.participant->Result(now));
  }
}

void Worker::Tick(Instant now) {
  session_.wall_offset = io::WallOffset();
  for (const auto& room : run_.rooms) CursorOf(*room).Advance(now - room->begin);
  ReadSockets(now);
  OnDeadlines(now);
  Churn(now);
  CountStates();
  if (run_.state.settled && !packets_before_) CountBefore(now);
}

void Worker::CountBefore(Instant now) {
  packets_before_ = 0;
  for (const Member& member : members_) {
    *packets_before_ += member.participant->Result(now).packets;
  }
}

void Worker::ReadSockets(Instant now) {
  while (true) {
    const auto ready = poller_.Ready();
    for (const epoll_event& event : ready) {
      const size_t index = event.data.u64 >> 1;
      Participant& participant = *members_[index].participant;
      if ((event.data.u64 & 1) != 0) {
        participant.OnUdp(now);
      } else {
        participant.OnSocket(now);
      }
      deadlines_[index] = std::min(deadlines_[index], participant.NextDeadline());
    }
    if (ready.size() < Poller::kReadyMax) return;
    now = io::Now();
  }
}

void Worker::OnDeadlines(Instant now) {
  for (size_t i = 0; i < members_.size(); ++i) {
    if (deadlines_[i] > now) continue;
    Member& member = members_[i];
    Participant& participant = *member.participant;
    const ConversationCursor& cursor = CursorOf(participant.room());
    if (member.join_at <= now) {
      member.join_at = Instant::Never();
      participant.Join(now);
    }
    participant.OnDeadline(io::Now(), cursor);
    deadlines_[i] = std::min(participant.NextDeadline(), member.join_at);
    if (participant.part().talker && participant.state() == Participant::State::kIn) {
      deadlines_[i] = std::min(deadlines_[i], now + kTalkerLook);
    }
  }
}

void Worker::Churn(Instant now) {
  const double per_minute = run_.settings.churn_per_minute / run_.settings.threads;
  if (per_minute <= 0 || !run_.state.settled) return;
  const auto interval = Duration::Micros(static_cast<int64_t>(60e6 / per_minute));
  if (next_churn_ == Instant::Never()) next_churn_ = now + interval;
  if (now < next_churn_) return;
  next_churn_ = next_churn_ + interval;
  const size_t index = random_.Next32() % members_.size();
  Member& member = members_[index];
  const Part& part = member.participant->part();
  // Who publishes stays: the others' loss would be his leaving.
  if (member.participant->state() != Participant::State::kIn || part.talker || part.camera ||
      part.screen || part.hostility) {
    return;
  }
  member.participant->Leave(now);
  member.join_at = now + kAway;
  deadlines_[index] = member.join_at;
}

void Worker::CountStates() {
  for (Member& member : members_) {
    const Participant::State state = member.participant->state();
    if (member.participant->part().hostility) continue;
    if (state == member.state) continue;
    if (state == Participant::State::kIn) ++run_.state.joined;
    if (member.state == Participant::State::kIn) --run_.state.joined;
    if (state == Participant::State::kFailed) ++run_.state.failed;
    member.state = state;
  }
}

}  // namespace conclave::load
