#include "transport/ice_client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"
#include "transport/ice_lite.h"

namespace conclave::transport {
namespace {

const IceCredentials kLocal{"serverfragment00", "server password of 32 characters"};
const IceCredentials kRemote{"clientfragment00", "client password of 32 characters"};
constexpr Duration kConsent = Duration::Seconds(30);
const Path kPathA{0, {IpAddress::V4(192, 0, 2, 1), 4000}};
const Path kPathB{0, {IpAddress::V4(192, 0, 2, 1), 4001}};
const Path kPathC{1, {IpAddress::V4(198, 51, 100, 7), 9}};

class IceClientTest : public testing::Test {
 protected:
  // Both ends for `time`, over a network without delay that names paths alike at both ends.
  void Run(Duration time) {
    const Instant end = now_ + time;
    while (true) {
      const Instant next = std::min(client_.NextDeadline(), server_.NextDeadline());
      if (next > end) break;
      now_ = std::max(now_, next);
      client_.OnDeadline(now_, out_);
      server_.OnDeadline(now_, out_);
      Exchange();
    }
    now_ = end;
  }
  void Exchange() {
    Outbox answers;
    for (size_t i = 0; i < out_.size(); ++i) {
      if (std::ranges::find(lost_, out_[i].path) != lost_.end()) continue;
      server_.OnStun(now_, out_[i].path, out_[i].bytes, answers);
    }
    out_.Clear();
    for (size_t i = 0; i < answers.size(); ++i) {
      client_.OnStun(now_, answers[i].path, answers[i].bytes, out_);
    }
  }
  SeededRandom random_{3};
  Instant now_ = Instant::FromMicros(1'000'000);
  IceLite server_{now_, kConsent, kLocal, kRemote};
  IceClient client_{now_, kConsent, kRemote, kLocal, {kPathA, kPathB}, random_};
  std::vector<Path> lost_;
  Outbox out_;
};

TEST_F(IceClientTest, FindsTheOnePathThatWorks) {
  lost_ = {kPathA};
  Run(Duration::Millis(500));
  ASSERT_TRUE(client_.selected() && server_.selected());
  EXPECT_EQ(client_.selected()->path(), kPathB);
  EXPECT_EQ(server_.selected()->path(), kPathB);
}

TEST_F(IceClientTest, ConsentGoesOnForTenMinutes) {
  Run(Duration::Seconds(600));
  EXPECT_FALSE(client_.expired());
  EXPECT_FALSE(server_.expired());
}

TEST_F(IceClientTest, BothNoticeThatTheOtherIsGone) {
  Run(Duration::Seconds(10));
  lost_ = {kPathA, kPathB};
  Run(Duration::Seconds(33));
  EXPECT_TRUE(client_.expired());
  EXPECT_TRUE(server_.expired());
}

TEST_F(IceClientTest, MovesToANewCandidate) {
  Run(Duration::Seconds(10));
  client_.AddCandidate(now_, kPathC);
  lost_ = {kPathA, kPathB};
  Run(Duration::Millis(100));
  EXPECT_EQ(client_.selected()->path(), kPathC);
  EXPECT_EQ(server_.selected()->path(), kPathC);
}

TEST_F(IceClientTest, Restart) {
  const IceCredentials local{"serverfragment11", "another password of the server.."};
  const IceCredentials remote{"clientfragment11", "another password of the client.."};
  Run(Duration::Seconds(10));
  server_.Restart(now_, local, remote);
  Run(Duration::Seconds(10));
  client_.Restart(now_, remote, local);
  Run(Duration::Seconds(60));
  EXPECT_FALSE(client_.expired());
  EXPECT_FALSE(server_.expired());
}

}  // namespace
}  // namespace conclave::transport
