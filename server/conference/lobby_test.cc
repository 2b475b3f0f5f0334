#include "conference/lobby.h"

#include <gtest/gtest.h>

#include "conference/limits.h"

namespace conclave::conference {
namespace {

const IpAddress kSchool = IpAddress::V4(192, 0, 2, 1);

WaitingPerson Person(uint32_t id, std::optional<IpAddress> network = std::nullopt) {
  return {WaitingId(id), ConnectionId(id), "knock", network};
}

TEST(Lobby, KeepsTheOrderInWhichPeopleCame) {
  Lobby lobby;
  ASSERT_TRUE(lobby.Enter(Person(1)));
  ASSERT_TRUE(lobby.Enter(Person(2)));
  EXPECT_EQ(lobby.people().begin()->first, WaitingId(1));
  EXPECT_TRUE(lobby.Leave(WaitingId(1)));
  EXPECT_FALSE(lobby.Leave(WaitingId(1)));
  EXPECT_EQ(lobby.Find(WaitingId(1)), nullptr);
  EXPECT_EQ(lobby.Find(WaitingId(2))->connection, ConnectionId(2));
}

TEST(Lobby, OneNetworkDoesNotFillIt) {
  Lobby lobby;
  uint32_t id = 0;
  while (++id <= kWaitingPerNetworkMax) ASSERT_TRUE(lobby.Enter(Person(id, kSchool)));
  const auto refused = lobby.Enter(Person(id, kSchool));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "lobby for your network full: 30 of 30");
  EXPECT_TRUE(lobby.Enter(Person(id, IpAddress::V4(192, 0, 2, 2))));
}

TEST(Lobby, HasALimit) {
  Lobby lobby;
  // Without a known network they are no neighbours.
  uint32_t id = 0;
  while (++id <= kWaitingMax) ASSERT_TRUE(lobby.Enter(Person(id)));
  EXPECT_FALSE(lobby.Enter(Person(id)));
  EXPECT_TRUE(lobby.Leave(WaitingId(5)));
  EXPECT_TRUE(lobby.Enter(Person(id)));
}

}  // namespace
}  // namespace conclave::conference
