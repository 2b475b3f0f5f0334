#include "signal/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string Pid(char name) { return std::string(conference::kGroupPidBytes, name); }

v1::ClientMessage Request(const v1::GroupRequest& group) {
  v1::ClientMessage message;
  message.set_request(5);
  *message.mutable_group() = group;
  return message;
}

v1::ClientMessage JoinGroup(char name) {
  v1::GroupRequest request;
  request.mutable_join()->set_pid(Pid(name));
  request.mutable_join()->set_key_package("key package");
  return Request(request);
}

v1::ClientMessage Found() {
  v1::GroupRequest request;
  request.mutable_found();
  return Request(request);
}

v1::ClientMessage Volunteer(uint64_t epoch) {
  v1::GroupRequest request;
  request.mutable_volunteer()->set_epoch(epoch);
  return Request(request);
}

v1::ClientMessage Commit(uint64_t epoch, char joined) {
  v1::GroupRequest request;
  v1::GroupCommit& commit = *request.mutable_commit();
  commit.set_epoch(epoch);
  commit.set_commit("sealed commit");
  if (joined != 0) {
    commit.set_welcome("sealed welcome");
    commit.add_joined(Pid(joined));
  }
  return Request(request);
}

class GroupsTest : public ::testing::Test {
 protected:
  Bench::Joined Join(const std::string& room = "r/abc") {
    const ConnectionId connection = bench_.Connect();
    v1::ClientMessage message = Bench::JoinMessage(room);
    message.mutable_join()->set_group_protocol(1);
    bench_.Send(connection, message);
    return {connection, bench_.at(connection).messages.at(0).joined()};
  }
  std::vector<v1::GroupNews> News(const Bench::Joined& who) {
    std::vector<v1::GroupNews> news;
    for (const auto& message : bench_.at(who.connection).All(v1::ServerMessage::kGroup)) {
      news.push_back(message.group());
    }
    return news;
  }

  Bench bench_;
};

TEST_F(GroupsTest, AClientThatSealsNothingIsRefused) {
  const ConnectionId connection = bench_.Connect();
  bench_.Send(connection, Bench::JoinMessage("r/abc"));
  EXPECT_EQ(bench_.at(connection).error(), v1::ERROR_CODE_MODE_UNSUPPORTED);
  EXPECT_EQ(bench_.plane().stats().rooms, 0U);
}

TEST_F(GroupsTest, AFoundedGroupTakesTheNext) {
  const auto ada = Join();
  bench_.Send(ada.connection, JoinGroup('a'));
  ASSERT_THAT(News(ada), SizeIs(1));
  EXPECT_TRUE(News(ada)[0].has_invite());
  bench_.Send(ada.connection, Found());
  bench_.Send(ada.connection, Volunteer(0));

  const auto ben = Join();
  bench_.Send(ben.connection, JoinGroup('b'));
  bench_.AdvanceMs(0);
  ASSERT_THAT(News(ada), SizeIs(2));
  const v1::GroupWork work = News(ada)[1].work();
  ASSERT_THAT(work.joins(), SizeIs(1));
  EXPECT_EQ(work.joins(0).pid(), Pid('b'));
  EXPECT_EQ(work.joins(0).key_package(), "key package");
  EXPECT_EQ(work.joins(0).participant(), ben.joined.participant());

  bench_.Send(ada.connection, Commit(0, 'b'));
  EXPECT_TRUE(News(ada)[2].result().accepted());
  ASSERT_THAT(News(ben), SizeIs(1));
  EXPECT_EQ(News(ben)[0].welcome().welcome(), "sealed welcome");
  EXPECT_EQ(News(ben)[0].welcome().epoch(), 1U);
}

TEST_F(GroupsTest, WhoIsAwayIsToldOnReturnAndWhoStaysAwayIsToBeRemoved) {
  const auto ada = Join();
  bench_.Send(ada.connection, JoinGroup('a'));
  bench_.Send(ada.connection, Found());
  const auto ben = Join();
  bench_.Send(ben.connection, JoinGroup('b'));
  bench_.Send(ada.connection, Commit(0, 'b'));
  const uint64_t seen = bench_.at(ben.connection).last().sequence();
  bench_.Disconnect(ben.connection);
  bench_.Send(ada.connection, Commit(1, 0));
  const ConnectionId back = bench_.Resume(ben, seen);
  const auto missed = bench_.at(back).All(v1::ServerMessage::kGroup);
  ASSERT_THAT(missed, SizeIs(1));
  EXPECT_EQ(missed[0].group().epoch().commit(), "sealed commit");

  bench_.Send(ada.connection, Volunteer(2));
  bench_.Disconnect(back);
  bench_.AdvanceMs(60'000);
  const v1::GroupNews last = News(ada).back();
  EXPECT_THAT(last.work().gone(), ElementsAre(Pid('b')));
}

TEST_F(GroupsTest, RoomsHaveGroupsOfTheirOwn) {
  const auto ada = Join("r/abc");
  const auto eve = Join("r/xyz");
  bench_.Send(ada.connection, JoinGroup('a'));
  bench_.Send(eve.connection, JoinGroup('a'));
  EXPECT_TRUE(News(eve).at(0).has_invite());
  bench_.Send(ada.connection, Found());
  bench_.Send(eve.connection, Commit(0, 0));
  EXPECT_FALSE(News(eve).at(1).result().accepted());
  EXPECT_THAT(News(ada), SizeIs(1));
}

TEST_F(GroupsTest, WhatIsNoRequestOfAGroupIsRefused) {
  const auto open = bench_.Join();
  bench_.Send(open.connection, JoinGroup('a'));
  EXPECT_EQ(bench_.at(open.connection).error(), v1::ERROR_CODE_OUT_OF_PLACE);

  const auto big = Join();
  v1::GroupRequest request;
  request.mutable_join()->set_pid(Pid('a'));
  request.mutable_join()->set_key_package(
      std::string(conference::kGroupKeyPackageBytesMax + 1, 'x'));
  bench_.Send(big.connection, Request(request));
  EXPECT_EQ(bench_.at(big.connection).error(), v1::ERROR_CODE_TOO_LARGE);

  request.mutable_commit()->add_removed("short");
  bench_.Send(big.connection, Request(request));
  EXPECT_EQ(bench_.at(big.connection).error(), v1::ERROR_CODE_MALFORMED);
}

TEST_F(GroupsTest, TheGroupEndsWithItsRoom) {
  const auto ada = Join();
  bench_.Send(ada.connection, JoinGroup('a'));
  bench_.Send(ada.connection, Found());
  v1::ClientMessage leave;
  leave.mutable_leave();
  bench_.Send(ada.connection, leave);
  EXPECT_EQ(bench_.plane().stats().rooms, 0U);
  const auto ben = Join();
  bench_.Send(ben.connection, JoinGroup('b'));
  EXPECT_TRUE(News(ben).at(0).has_invite());
}

}  // namespace
}  // namespace conclave::signal
