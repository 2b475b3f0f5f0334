// Plays the table of what a delivery service says (testdata/group_scenarios.txt), which tells how
// it is to be read. The members' simulation plays it too, on a double in TypeScript: the two must
// agree.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "conference/group_service.h"

namespace conclave::conference {
namespace {

GroupPid PidOf(const std::string& name) {
  GroupPid pid = name;
  pid.resize(kGroupPidBytes, '\0');
  return pid;
}

std::string NameOf(const std::string& text) {
  const size_t end = text.find_last_not_of(std::string(".\0", 2));
  return end == std::string::npos ? "" : text.substr(0, end + 1);
}

template <typename Items, typename Text>
std::string Joined(const Items& items, Text text) {
  std::string line;
  for (const auto& item : items) line += (line.empty() ? "" : ",") + text(item);
  return line;
}

// What a line of the table says of a message.
struct Words {
  std::string operator()(const GroupInvite&) const { return "invite"; }
  std::string operator()(const GroupWork& work) const {
    std::vector<std::string> gone;
    for (const GroupPid& pid : work.gone) gone.push_back(NameOf(pid));
    std::sort(gone.begin(), gone.end());
    return "work " + std::to_string(work.epoch) +
           " joins=" + Joined(work.joins, [](const auto& join) { return NameOf(join.pid); }) +
           " gone=" + Joined(gone, [](const auto& name) { return name; });
  }
  std::string operator()(const GroupResult& result) const {
    return "result " + std::to_string(result.epoch) + (result.accepted ? " first" : " late");
  }
  std::string operator()(const GroupEpoch& epoch) const {
    return "epoch " + std::to_string(epoch.epoch) + " " + NameOf(epoch.commit);
  }
  std::string operator()(const GroupWelcome& welcome) const {
    return "welcome " + std::to_string(welcome.epoch) + " " + NameOf(welcome.welcome);
  }
  std::string operator()(const GroupReopened& reopened) const {
    return "reopened " + std::to_string(reopened.epoch);
  }
  std::string operator()(const GroupLost&) const { return "lost"; }
  std::string operator()(const GroupRefused&) const { return "refused"; }
};

struct Line {
  std::vector<uint32_t> to;
  std::string news;
};

// One line for each message and all who get it.
std::vector<std::string> Merged(const std::vector<GroupDelivery>& out) {
  std::vector<Line> lines;
  for (const GroupDelivery& delivery : out) {
    if (delivery.to.empty()) continue;
    const std::string news = std::visit(Words{}, delivery.news);
    if (lines.empty() || lines.back().news != news) lines.push_back({{}, news});
    for (const ParticipantId id : delivery.to) lines.back().to.push_back(id.value());
  }
  std::vector<std::string> texts;
  for (Line& line : lines) {
    std::sort(line.to.begin(), line.to.end());
    texts.push_back("  " + Joined(line.to, [](uint32_t id) { return std::to_string(id); }) + " " +
                    line.news);
  }
  return texts;
}

GroupCommit CommitOf(const std::string& name, uint64_t epoch, std::istringstream& words) {
  GroupCommit commit{epoch, name, "", {}, {}, {}};
  for (std::string word; words >> word;) {
    const std::string rest = word.substr(1);
    if (word == "welcome") commit.welcome = name;
    if (word.starts_with('+')) commit.joined.push_back(PidOf(rest));
    if (word.starts_with('-')) commit.removed.push_back(PidOf(rest));
    if (word.starts_with('!')) commit.refused.push_back(PidOf(rest));
    if (word.starts_with("bytes=")) commit.commit.resize(std::stoul(word.substr(6)), '.');
  }
  return commit;
}

// One step of a scenario: what the service says to it, and when it wants to be called again.
std::vector<std::string> Play(GroupService& service, const std::string& step) {
  std::istringstream words(step);
  int64_t at_ms = 0;
  std::string verb;
  uint32_t who = 0;
  uint64_t epoch = 0;
  words >> at_ms >> verb >> who;
  const Instant now = Instant::FromMicros(at_ms * 1000);
  const ParticipantId id(who);
  std::vector<GroupDelivery> out;
  std::string word;
  if (verb == "join") {
    words >> word;
    service.OnJoin(now, id, {PidOf(word), "key package"}, out);
  } else if (verb == "found") {
    service.OnFound(now, id, out);
  } else if (verb == "refuse") {
    std::vector<GroupPid> pids;
    while (words >> word) pids.push_back(PidOf(word.substr(1)));
    service.OnRefuse(id, pids, out);
  } else if (verb == "gone") {
    service.OnGone(now, id, out);
  } else if (verb == "deadline") {
    service.OnDeadline(now, out);
  } else if (words >> epoch; verb == "commit") {
    const std::string name = std::to_string(who) + "at" + std::to_string(at_ms);
    service.OnCommit(now, id, CommitOf(name, epoch, words), out);
  } else if (verb == "volunteer") {
    service.OnVolunteer(id, epoch, out);
  } else if (verb == "reject") {
    service.OnReject(now, id, epoch, out);
  } else if (verb == "fetch") {
    service.OnFetch(id, epoch, out);
  } else {
    ADD_FAILURE() << "no such step: " << step;
  }
  std::vector<std::string> said = Merged(out);
  const Instant next = service.NextDeadline();
  said.push_back("  @" + (next == Instant::Never() ? "-" : std::to_string(next.us() / 1000)));
  return said;
}

TEST(GroupScenarios, AreWhatTheSimulationOfTheMembersHas) {
  std::ifstream table(CONCLAVE_CONFERENCE_TESTDATA "/group_scenarios.txt");
  ASSERT_TRUE(table.is_open());
  GroupService service;
  std::string scenario;
  std::string step;
  std::vector<std::string> expected;
  int steps = 0;
  const auto play = [&] {
    if (step.empty()) return;
    ++steps;
    EXPECT_EQ(Play(service, step), expected) << scenario << ", step " << step;
    step.clear();
    expected.clear();
  };
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    if (line.starts_with("  ")) {
      expected.push_back(line);
      continue;
    }
    play();
    if (line.starts_with("= ")) {
      scenario = line.substr(2);
      service = GroupService();
    } else {
      step = line;
    }
  }
  play();
  EXPECT_GT(steps, 1000);
}

}  // namespace
}  // namespace conclave::conference
