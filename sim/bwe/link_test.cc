#include "sim/bwe/link.h"

#include <gtest/gtest.h>

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
