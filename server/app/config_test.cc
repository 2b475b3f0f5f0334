#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace conclave::app {
namespace {

std::string ErrorOf(std::string_view text) {
  Config config;
  const auto applied = ApplyToml(text, "conclave.toml", config);
  return applied ? "" : applied.error().message;
}

TEST(Config, TakesEveryOption) {
  Config config;
  const auto applied = ApplyToml(R"(
listen = ["192.0.2.1", "2001:db8::1"]
port = 443
udp-port = 20000
public-address = ["198.51.100.7"]
shards = 2
certificate = "/etc/conclave/chain.pem"
key = "/etc/conclave/key.pem"
state-dir = "/var/lib/conclave"
web-root = "/usr/share/conclave/web"
participants-per-room = 500
hosts = "everyone"
lobby = "on"
passcode = ["open/staff-* $argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$T95q7S205tf9WI4HhYOZDIQmMMAbntacGXTIku0gXT8"]
file-size = 20
allowed-origin = ["https://intranet.example"]
frame-ancestor = ["https://intranet.example:8443"]
log-level = "debug"
)",
                                 "conclave.toml", config);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(config.listen.size(), 2u);
  EXPECT_EQ(config.port, 443);
  EXPECT_EQ(config.udp_port, 20000);
  EXPECT_EQ(config.public_addresses.at(0).ToString(), "198.51.100.7");
  EXPECT_EQ(config.shards, 2);
  EXPECT_EQ(config.participants_per_room, 500u);
  EXPECT_EQ(config.hosts, conference::HostPolicy::kEveryone);
  EXPECT_TRUE(config.lobby);
  ASSERT_EQ(config.passcodes.size(), 1u);
  EXPECT_TRUE(config.passcodes[0].rooms.Matches("open/staff-monday"));
  EXPECT_EQ(config.file_size, 20u);
  EXPECT_EQ(config.allowed_origins.at(0), "https://intranet.example");
  EXPECT_EQ(config.log_level, LogVerbosity::kDebug);
  EXPECT_TRUE(CheckConfig(config));
}

TEST(Config, NamesFileLineAndRemedy) {
  EXPECT_EQ(ErrorOf("port = 443\nprot = 444\n"),
            "conclave.toml:2: unknown option \"prot\"; did you mean \"port\"?");
  EXPECT_EQ(ErrorOf("\nudp_port = 20000\n"),
            "conclave.toml:2: unknown option \"udp_port\"; did you mean \"udp-port\"?");
  EXPECT_EQ(ErrorOf("colour = 1\n"),
            "conclave.toml:1: unknown option \"colour\"; conclave --help lists them");
  EXPECT_EQ(ErrorOf("port = \"443\"\n"), "conclave.toml:1: port must be a number without quotes");
  EXPECT_EQ(ErrorOf("port = 70000\n"),
            "conclave.toml:1: port must be a whole number from 0 to 65535");
  EXPECT_EQ(ErrorOf("key = 5\n"), "conclave.toml:1: key must be text in quotes");
  EXPECT_EQ(ErrorOf("public-address = \"1.2.3.4\"\n"),
            "conclave.toml:1: public-address must be a list such as [\"...\", \"...\"]");
  EXPECT_EQ(ErrorOf("public-address = [\"1.2.3.4\",\n \"1.2.3\"]\n"),
            "conclave.toml:2: public-address must be an IP address such as 192.0.2.1 or "
            "2001:db8::1");
  const std::string hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$";
  EXPECT_EQ(ErrorOf("passcode = [\"open/tea\"]\n"),
            "conclave.toml:1: passcode must be rooms, a space and the hash of their passcode: "
            "\"open/staff-* $argon2id$...\"");
  EXPECT_EQ(
      ErrorOf("passcode = [\n\"tea " + hash + "\"]\n"),
      "conclave.toml:2: passcode \"tea\" fits no room: room name: must begin with open/, n/ or "
      "r/; write it as open/staff-*, r/* or *");
  EXPECT_EQ(
      ErrorOf("passcode = [\"open/tea secret\"]\n"),
      "conclave.toml:1: passcode for \"open/tea\" is no hash of a passcode as this server makes "
      "them; get one by conclave --hash-passcode");
  EXPECT_EQ(ErrorOf("log-level = \"loud\"\n"),
            "conclave.toml:1: log-level must be trace, debug, info, warning or error");
  EXPECT_TRUE(ErrorOf("port = \n").starts_with("conclave.toml:1: "));
}

TEST(Config, RefusesWhatAHeaderCouldNotCarry) {
  EXPECT_NE(ErrorOf("frame-ancestor = [\"https://a.example; script-src *\"]\n"), "");
  EXPECT_NE(ErrorOf("frame-ancestor = [\"https://a.example/path\"]\n"), "");
  EXPECT_NE(ErrorOf("allowed-origin = [\"javascript:alert(1)\"]\n"), "");
}

TEST(Config, KeepsNothingOfAFileWithAnError) {
  Config config;
  EXPECT_FALSE(ApplyToml("port = 443\nkey = 1\n", "f", config));
  EXPECT_EQ(config.port, 8443);
}

TEST(Config, ChecksTheWhole) {
  Config config;
  config.certificate = "a";
  EXPECT_EQ(CheckConfig(config).error().message,
            "certificate is set but key is not; set both or neither");
  config.key = "b";
  EXPECT_TRUE(CheckConfig(config));
  config.udp_port = 65530;
  config.shards = 10;
  EXPECT_FALSE(CheckConfig(config));
}

std::string SourceFile(const std::string& name) {
  std::ifstream file(CONCLAVE_SOURCE_DIR "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// What the package installs, and what it says after each # as well.
TEST(ExampleConfig, IsValidWithAndWithoutItsSuggestions) {
  const std::string example = SourceFile("deploy/conclave.toml");
  ASSERT_NE(example, "");
  EXPECT_EQ(ErrorOf(example), "");
  std::istringstream lines(example);
  std::string suggested;
  size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.size() < 2 || line[0] != '#' || line[1] == ' ') continue;
    suggested += line.substr(1) + "\n";
    ++count;
  }
  EXPECT_GT(count, 5u);
  EXPECT_EQ(ErrorOf(suggested), "");
}

TEST(Documentation, NamesEveryOption) {
  const std::string page = SourceFile("docs/configuration.md");
  for (const std::string_view name : OptionNames()) {
    EXPECT_THAT(page, ::testing::HasSubstr("`" + std::string(name) + "`"));
  }
}

}  // namespace
}  // namespace conclave::app
