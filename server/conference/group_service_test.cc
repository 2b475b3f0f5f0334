#include "conference/group_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace conclave::conference {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr Instant At(int64_t ms) { return Instant::FromMicros(ms * 1000); }
constexpr ParticipantId P(uint32_t id) { return ParticipantId(id); }

// Its name for the n-th time it joins.
GroupPid Pid(uint32_t id, int attempt = 0) {
  GroupPid pid(kGroupPidBytes, '\0');
  pid[0] = static_cast<char>(id);
  pid[1] = static_cast<char>(attempt);
  return pid;
}

class GroupServiceTest : public ::testing::Test {
 protected:
  using Out = std::vector<GroupDelivery>;

  Out Join(int64_t ms, uint32_t id, int attempt = 0) {
    return Do([&](Out& out) {
      service_.OnJoin(At(ms), P(id), {Pid(id, attempt), "key package"}, out);
    });
  }
  Out Found(int64_t ms, uint32_t id) {
    return Do([&](Out& out) { service_.OnFound(At(ms), P(id), out); });
  }
  Out Volunteer(uint32_t id, uint64_t epoch) {
    return Do([&](Out& out) { service_.OnVolunteer(P(id), epoch, out); });
  }
  Out Commit(int64_t ms, uint32_t id, uint64_t epoch, std::vector<GroupPid> joined = {},
             std::vector<GroupPid> removed = {}) {
    const std::string name = "commit by " + std::to_string(id);
    return Do([&](Out& out) {
      service_.OnCommit(At(ms), P(id), {epoch, name, "welcome", joined, removed, {}}, out);
    });
  }
  Out Reject(int64_t ms, uint32_t id, uint64_t epoch) {
    return Do([&](Out& out) { service_.OnReject(At(ms), P(id), epoch, out); });
  }
  Out Refuse(uint32_t id, const std::vector<GroupPid>& pids) {
    return Do([&](Out& out) { service_.OnRefuse(P(id), pids, out); });
  }
  Out Fetch(uint32_t id, uint64_t epoch) {
    return Do([&](Out& out) { service_.OnFetch(P(id), epoch, out); });
  }
  Out Gone(int64_t ms, uint32_t id) {
    return Do([&](Out& out) { service_.OnGone(At(ms), P(id), out); });
  }
  Out Deadline(int64_t ms) {
    return Do([&](Out& out) { service_.OnDeadline(At(ms), out); });
  }
  // Members 1 to n, the last epoch begun at `ms`.
  void Populate(int64_t ms, uint32_t n) {
    Join(ms, 1);
    Found(ms, 1);
    if (n == 1) return;
    std::vector<GroupPid> joined;
    for (uint32_t id = 2; id <= n; ++id) {
      Join(ms, id);
      joined.push_back(Pid(id));
    }
    Commit(ms, 1, 0, joined);
  }

  template <typename News>
  static std::vector<std::pair<std::vector<ParticipantId>, News>> Of(const Out& out) {
    std::vector<std::pair<std::vector<ParticipantId>, News>> found;
    for (const GroupDelivery& delivery : out) {
      if (const auto* news = std::get_if<News>(&delivery.news)) {
        found.emplace_back(delivery.to, *news);
      }
    }
    return found;
  }

  GroupService service_;

 private:
  template <typename Work>
  static Out Do(Work work) {
    Out out;
    work(out);
    return out;
  }
};

TEST_F(GroupServiceTest, TheFirstIsInvitedToFoundTheGroupAndNobodyElse) {
  const auto invited = Of<GroupInvite>(Join(0, 1));
  ASSERT_THAT(invited, SizeIs(1));
  EXPECT_THAT(invited[0].first, ElementsAre(P(1)));
  EXPECT_THAT(Join(10, 2), IsEmpty());
  EXPECT_THAT(Of<GroupLost>(Found(20, 2)), SizeIs(1));
  EXPECT_FALSE(service_.epoch());
  EXPECT_THAT(Found(30, 1), IsEmpty());
  EXPECT_EQ(service_.epoch(), 0U);
}

TEST_F(GroupServiceTest, AnInvitationThatNothingComesOfGoesToTheNext) {
  Join(0, 1);
  Join(10, 2);
  const auto later = Of<GroupInvite>(Deadline(kInvitation.ms()));
  ASSERT_THAT(later, SizeIs(1));
  EXPECT_THAT(later[0].first, ElementsAre(P(2)));
  const auto gone = Of<GroupInvite>(Gone(kInvitation.ms() + 1, 2));
  ASSERT_THAT(gone, SizeIs(1));
  EXPECT_THAT(gone[0].first, ElementsAre(P(1)));
}

TEST_F(GroupServiceTest, TheFirstCommitForAnEpochWins) {
  Populate(0, 3);
  const Out first = Commit(1000, 2, 1);
  const auto won = Of<GroupResult>(first);
  ASSERT_THAT(won, SizeIs(1));
  EXPECT_TRUE(won[0].second.accepted);
  const auto told = Of<GroupEpoch>(first);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0].first, UnorderedElementsAre(P(1), P(3)));
  EXPECT_EQ(told[0].second.commit, "commit by 2");
  const Out second = Commit(1000, 3, 1);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_FALSE(std::get<GroupResult>(second[0].news).accepted);
  EXPECT_EQ(service_.epoch(), 2U);
}

TEST_F(GroupServiceTest, OnlyMembersCommit) {
  Populate(0, 2);
  Join(10, 9);
  const Out out = Commit(1000, 9, 1);
  ASSERT_THAT(out, SizeIs(1));
  EXPECT_FALSE(std::get<GroupResult>(out[0].news).accepted);
}

TEST_F(GroupServiceTest, AWelcomeFollowsTheEpochThatMembersHear) {
  Populate(0, 2);
  Join(1000, 3);
  const Out out = Commit(1100, 1, 1, {Pid(3)});
  ASSERT_THAT(out, SizeIs(3));
  EXPECT_TRUE(std::holds_alternative<GroupEpoch>(out[1].news));
  EXPECT_THAT(out[1].to, ElementsAre(P(2)));
  EXPECT_EQ(std::get<GroupWelcome>(out[2].news).epoch, 2U);
  EXPECT_THAT(out[2].to, ElementsAre(P(3)));
  EXPECT_THAT(Of<GroupEpoch>(Commit(2000, 3, 2)), SizeIs(1));
}

TEST_F(GroupServiceTest, WorkGoesToThoseWhoseTurnItIsThenToAll) {
  Populate(0, 4);
  Volunteer(2, 1);
  Join(5000, 5);
  EXPECT_EQ(service_.NextDeadline(), At(5000));
  const auto first = Of<GroupWork>(Deadline(5000));
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(first[0].first, ElementsAre(P(2)));
  ASSERT_THAT(first[0].second.joins, SizeIs(1));
  EXPECT_EQ(first[0].second.joins[0].pid, Pid(5));
  // Somebody who learns late that it is its turn gets it too.
  EXPECT_THAT(Of<GroupWork>(Volunteer(3, 1)), SizeIs(1));
  const auto all = Of<GroupWork>(Deadline(5000 + kWorkFallback.ms()));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].first, SizeIs(4));
}

TEST_F(GroupServiceTest, EpochsKeepTheirDistanceWhileChangesWait) {
  Populate(0, 100);
  Join(100, 101);
  EXPECT_EQ(service_.NextDeadline(), At(1000));
  Join(900, 102);
  EXPECT_EQ(service_.NextDeadline(), At(1000));
  Volunteer(1, 1);
  const auto work = Of<GroupWork>(Deadline(1000));
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_THAT(work[0].second.joins, SizeIs(2));
  Commit(1050, 1, 1, {Pid(101), Pid(102)});
  // After half a second of quiet, the next change waits for nothing.
  EXPECT_EQ(service_.NextDeadline(), Instant::Never());
  Join(1600, 103);
  EXPECT_EQ(service_.NextDeadline(), At(1600));
}

TEST_F(GroupServiceTest, WhoLeavesIsToBeRemoved) {
  Populate(0, 3);
  Volunteer(1, 1);
  Gone(5000, 3);
  const auto work = Of<GroupWork>(Deadline(5000));
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_THAT(work[0].second.gone, ElementsAre(Pid(3)));
  const auto told = Of<GroupEpoch>(Commit(5100, 1, 1, {}, {Pid(3)}));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0].first, ElementsAre(P(2)));
  EXPECT_EQ(service_.NextDeadline(), Instant::Never());
}

TEST_F(GroupServiceTest, WhatNobodyMayAcceptCostsNoEpoch) {
  Populate(0, 2);
  Volunteer(1, 1);
  Join(5000, 9);
  EXPECT_THAT(Of<GroupWork>(Deadline(5000)), SizeIs(1));
  // Only members say so, and only of what is no member's.
  EXPECT_THAT(Refuse(9, {Pid(9)}), IsEmpty());
  EXPECT_THAT(Refuse(1, {Pid(2)}), IsEmpty());
  EXPECT_NE(service_.NextDeadline(), Instant::Never());
  // Who is refused hears it: its link may be another one's.
  const auto refused = Of<GroupRefused>(Refuse(1, {Pid(9)}));
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_THAT(refused[0].first, ElementsAre(P(9)));
  EXPECT_EQ(service_.NextDeadline(), Instant::Never());
  EXPECT_EQ(service_.epoch(), 1U);
  Gone(6000, 2);
  EXPECT_THAT(Refuse(1, {Pid(2)}), IsEmpty());
  const auto work = Of<GroupWork>(Deadline(6000));
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_THAT(work[0].second.gone, ElementsAre(Pid(2)));
}

TEST_F(GroupServiceTest, WhoLeavesWhileBeingAddedIsRemovedAfterwards) {
  Populate(0, 2);
  Join(1000, 3);
  Gone(1100, 3);
  Commit(1200, 1, 1, {Pid(3)});
  Volunteer(1, 2);
  const auto work = Of<GroupWork>(Deadline(5000));
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_THAT(work[0].second.gone, ElementsAre(Pid(3)));
}

TEST_F(GroupServiceTest, WhoJoinsAnewLeavesItsOldLeaf) {
  Populate(0, 3);
  Volunteer(1, 1);
  Join(5000, 3, 1);
  const auto work = Of<GroupWork>(Deadline(5000));
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_THAT(work[0].second.gone, ElementsAre(Pid(3)));
  ASSERT_THAT(work[0].second.joins, SizeIs(1));
  EXPECT_EQ(work[0].second.joins[0].pid, Pid(3, 1));
  // The name of somebody else is not for it.
  EXPECT_THAT(Join(5100, 2, 0), IsEmpty());
}

TEST_F(GroupServiceTest, ACommitThatMostRejectNeverWas) {
  Populate(0, 5);
  Join(900, 6);
  Commit(1000, 2, 1, {Pid(6)});
  EXPECT_THAT(Reject(1100, 1, 1), IsEmpty());
  EXPECT_THAT(Reject(1100, 1, 1), IsEmpty());
  EXPECT_THAT(Reject(1100, 3, 1), IsEmpty());
  const Out out = Reject(1200, 4, 1);
  EXPECT_EQ(service_.epoch(), 1U);
  const auto lost = Of<GroupLost>(out);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_THAT(lost[0].first, UnorderedElementsAre(P(2), P(6)));
  const auto reopened = Of<GroupReopened>(out);
  ASSERT_THAT(reopened, SizeIs(1));
  EXPECT_THAT(reopened[0].first, UnorderedElementsAre(P(1), P(3), P(4), P(5)));
  EXPECT_TRUE(std::get<GroupResult>(Commit(2000, 1, 1)[0].news).accepted);
}

TEST_F(GroupServiceTest, AFewWhoRejectDoNotStopTheOthers) {
  Populate(0, 6);
  Commit(1000, 2, 1);
  Reject(1100, 1, 1);
  EXPECT_THAT(Reject(1100, 3, 1), IsEmpty());
  EXPECT_EQ(service_.epoch(), 2U);
}

TEST_F(GroupServiceTest, MissedCommitsAreToldInTheirOrder) {
  Populate(0, 3);
  Commit(1000, 1, 1);
  Commit(2000, 2, 2);
  const auto missed = Of<GroupEpoch>(Fetch(3, 1));
  ASSERT_THAT(missed, SizeIs(2));
  EXPECT_EQ(missed[0].second.epoch, 1U);
  EXPECT_EQ(missed[1].second.commit, "commit by 2");
  EXPECT_THAT(Fetch(3, 3), IsEmpty());
  EXPECT_THAT(Of<GroupLost>(Fetch(3, 7)), SizeIs(1));
  EXPECT_THAT(Of<GroupLost>(Fetch(9, 1)), SizeIs(1));
}

TEST_F(GroupServiceTest, WhoMissedTooMuchJoinsAgain) {
  Populate(0, 2);
  for (uint64_t epoch = 1; epoch <= kGroupLogMax + 1; ++epoch) Commit(1000, 1, epoch);
  EXPECT_THAT(Of<GroupLost>(Fetch(2, 1)), SizeIs(1));
  EXPECT_THAT(Of<GroupEpoch>(Fetch(2, 2)), SizeIs(kGroupLogMax));
}

TEST_F(GroupServiceTest, LargeCommitsAreNotKeptForLong) {
  Populate(0, 2);
  const std::string large(kGroupLogBytesMax / 4, 'x');
  for (uint64_t epoch = 1; epoch <= 8; ++epoch) {
    Out out;
    service_.OnCommit(Instant::FromMicros(1'000'000), P(1), {epoch, large, "welcome", {}, {}, {}},
                      out);
  }
  EXPECT_THAT(Of<GroupLost>(Fetch(2, 5)), SizeIs(1));
  EXPECT_THAT(Of<GroupEpoch>(Fetch(2, 6)), SizeIs(3));
}

TEST_F(GroupServiceTest, ARoomThatEveryMemberHasLeftStartsAfresh) {
  Populate(0, 2);
  Gone(1000, 1);
  Join(1500, 3);
  const auto invited = Of<GroupInvite>(Gone(2000, 2));
  ASSERT_THAT(invited, SizeIs(1));
  EXPECT_THAT(invited[0].first, ElementsAre(P(3)));
  EXPECT_FALSE(service_.epoch());
}

TEST_F(GroupServiceTest, ABatchHasALimitAndTheRestComesLater) {
  Populate(0, 1);
  for (uint32_t id = 2; id < 2 + kGroupJoinsPerWork + 5; ++id) Join(10, id);
  Volunteer(1, 0);
  const auto work = Of<GroupWork>(Deadline(10));
  ASSERT_THAT(work, SizeIs(1));
  ASSERT_THAT(work[0].second.joins, SizeIs(kGroupJoinsPerWork));
  std::vector<GroupPid> joined;
  for (const GroupNewcomer& newcomer : work[0].second.joins) joined.push_back(newcomer.pid);
  Commit(20, 1, 0, joined);
  Volunteer(1, 1);
  const auto rest = Of<GroupWork>(Deadline(20 + 10 * (1 + kGroupJoinsPerWork)));
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_THAT(rest[0].second.joins, SizeIs(5));
}

}  // namespace
}  // namespace conclave::conference
