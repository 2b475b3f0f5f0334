#include "sim/bwe/link.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace conclave::sim {
namespace {

class Collector final : public PacketSink {
 public:
  void OnLinkExit(const Packet& packet, Micros at) override {
    exits.push_back(at);
    delays.push_back(packet.queue_delay);
  }
  std::vector<Micros> exits;
  std::vector<Micros> delays;
};

Packet Of(Collector& sink, int size_bytes) {
  Packet packet;
  packet.sink = &sink;
  packet.size_bytes = size_bytes;
  return packet;
}

TEST(Link, ServesInOrderAtItsCapacity) {
  EventQueue events;
  LinkConfig config;
  config.capacity = Capacity(int64_t{1'000'000});
  Link link(config, events, 1);
  Collector sink;
  for (int i = 0; i < 3; ++i) link.Send(Of(sink, 125), 0);
  events.RunUntil(kSecond);
  EXPECT_EQ(sink.exits, (std::vector<Micros>{1000, 2000, 3000}));
  EXPECT_EQ(sink.delays, (std::vector<Micros>{1000, 2000, 3000}));
}

TEST(Link, DropsWhatWouldWaitTooLong) {
  EventQueue events;
  LinkConfig config;
  config.capacity = Capacity(int64_t{1'000'000});
  config.queue_max = 5 * kMilli;
  Link link(config, events, 1);
  Collector sink;
  for (int i = 0; i < 100; ++i) link.Send(Of(sink, 125), 0);
  events.RunUntil(kSecond);
  EXPECT_EQ(sink.exits.size(), 6u);
}

TEST(Link, DropsWhatDoesNotFitIntoItsBytes) {
  EventQueue events;
  LinkConfig config;
  config.capacity = Capacity(int64_t{1'000'000});
  config.queue_bytes_max = 625;
  Link link(config, events, 1);
  Collector sink;
  for (int i = 0; i < 100; ++i) link.Send(Of(sink, 125), 0);
  events.RunUntil(kSecond);
  // Five that wait, and the one that is on its way.
  EXPECT_EQ(sink.exits.size(), 6u);
}

// Sends `count` packets a millisecond apart; what of them comes, one for each.
std::vector<bool> Arrivals(const LinkConfig& config, int count) {
  EventQueue events;
  Link link(config, events, 7);
  Collector sink;
  for (int i = 0; i < count; ++i) {
    events.RunUntil(i * kMilli);
    link.Send(Of(sink, 125), i * kMilli);
  }
  events.RunUntil(count * kMilli + kSecond);
  std::vector<bool> came(static_cast<size_t>(count));
  // At this capacity each leaves 10 us after it was sent.
  for (const Micros at : sink.exits) came[static_cast<size_t>(at / kMilli)] = true;
  return came;
}

// Of the packets that got lost, the part whose predecessor was lost too; and the part that was
// lost.
std::pair<double, double> Losses(const std::vector<bool>& came) {
  double lost = 0;
  double runs = 0;
  for (size_t i = 1; i < came.size(); ++i) {
    lost += came[i] ? 0 : 1;
    runs += !came[i] && !came[i - 1] ? 1 : 0;
  }
  return {runs / lost, lost / static_cast<double>(came.size())};
}

TEST(Link, LosesAtRandomAsManyAsItIsTold) {
  LinkConfig config;
  config.capacity = Capacity(int64_t{100'000'000});
  config.loss = .05;
  const auto [after_a_loss, of_all] = Losses(Arrivals(config, 40'000));
  EXPECT_NEAR(of_all, .05, .005);
  EXPECT_NEAR(after_a_loss, .05, .02);
}

TEST(Link, LosesInBursts) {
  LinkConfig config;
  config.capacity = Capacity(int64_t{100'000'000});
  config.bursts = {.to_bad = .01, .to_good = .25, .loss_bad = 1};
  const auto [after_a_loss, of_all] = Losses(Arrivals(config, 40'000));
  EXPECT_NEAR(of_all, .01 / (.01 + .25), .006);
  EXPECT_NEAR(after_a_loss, 1 - .25, .05);
}

TEST(Link, PolicesWithoutAQueue) {
  EventQueue events;
  LinkConfig config;
  config.capacity = Capacity(int64_t{100'000'000});
  config.policer_bps = 1'000'000;
  config.policer_bytes = 1250;
  Link link(config, events, 1);
  Collector sink;
  for (int i = 0; i < 100; ++i) link.Send(Of(sink, 125), 0);
  events.RunUntil(kSecond);
  EXPECT_EQ(sink.exits.size(), 10u);
}

TEST(Link, KeepsTheOrderUnderJitterUnlessToldOtherwise) {
  for (const bool reorder : {false, true}) {
    EventQueue events;
    LinkConfig config;
    config.capacity = Capacity(int64_t{10'000'000});
    config.jitter_sigma_us = 5000;
    config.reorder = reorder;
    Link link(config, events, 7);
    Collector sink;
    for (int i = 0; i < 100; ++i) link.Send(Of(sink, 125), 0);
    events.RunUntil(kSecond);
    EXPECT_EQ(std::is_sorted(sink.exits.begin(), sink.exits.end()), !reorder);
  }
}

TEST(Link, CodelKeepsAStandingQueueShort) {
  EventQueue events;
  LinkConfig config;
  config.capacity = Capacity(int64_t{1'000'000});
  config.codel = true;
  config.queue_max = kSecond;
  Link link(config, events, 1);
  Collector sink;
  // A fifth more than fits, for 20 s.
  for (Micros at = 0; at < 20 * kSecond; at += 8333) {
    events.RunUntil(at);
    link.Send(Of(sink, 1250), at);
  }
  events.RunUntil(30 * kSecond);
  EXPECT_LT(sink.delays.back(), 200 * kMilli);
  EXPECT_LT(sink.exits.size(), 2400u);
}

}  // namespace
}  // namespace conclave::sim
