#include "app/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "io/temporary_directory.h"

namespace conclave::app {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

struct Outcome {
  CommandLine line;
  std::string output;
  std::string errors;
};

Outcome Parse(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv = {"conclave"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  CaptureStdout();
  CaptureStderr();
  CommandLine line = ParseCommandLine(static_cast<int>(argv.size()), argv.data());
  return {std::move(line), GetCapturedStdout(), GetCapturedStderr()};
}

TEST(CommandLineTest, RunsWithoutAnyOption) {
  const Outcome outcome = Parse({});
  EXPECT_FALSE(outcome.line.exit_status);
  EXPECT_EQ(outcome.line.config.port, 8443);
  EXPECT_EQ(outcome.output + outcome.errors, "");
}

TEST(CommandLineTest, TakesOptionsAndRepeatsOfThem) {
  const Outcome outcome =
      Parse({"--port", "443", "--public-address=198.51.100.7", "--public-address", "2001:db8::7"});
  EXPECT_FALSE(outcome.line.exit_status) << outcome.errors;
  EXPECT_EQ(outcome.line.config.port, 443);
  EXPECT_EQ(outcome.line.config.public_addresses.size(), 2u);
}

TEST(CommandLineTest, OptionsGoBeforeTheFile) {
  io::TemporaryDirectory directory;
  const std::string file =
      directory.Write("c.toml", "port = 1000\nshards = 3\nlisten = [\"192.0.2.1\"]\n");
  const Outcome outcome = Parse({"--config", file, "--port", "2000", "--listen", "192.0.2.2"});
  EXPECT_FALSE(outcome.line.exit_status) << outcome.errors;
  EXPECT_EQ(outcome.line.config.port, 2000);
  EXPECT_EQ(outcome.line.config.shards, 3);
  ASSERT_EQ(outcome.line.config.listen.size(), 1u);
  EXPECT_EQ(outcome.line.config.listen[0].ToString(), "192.0.2.2");
}

TEST(CommandLineTest, HelpNamesEveryOption) {
  const Outcome outcome = Parse({"--help"});
  EXPECT_EQ(outcome.line.exit_status, 0);
  for (const std::string_view name : OptionNames()) {
    EXPECT_THAT(outcome.output, HasSubstr("--" + std::string(name)));
  }
}

TEST(CommandLineTest, TellsTheVersion) {
  const Outcome outcome = Parse({"--version"});
  EXPECT_EQ(outcome.line.exit_status, 0);
  EXPECT_THAT(outcome.output, ::testing::MatchesRegex("conclave [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(CommandLineTest, ChecksAConfigurationWithoutStarting) {
  io::TemporaryDirectory directory;
  const Outcome good =
      Parse({"--check-config", "--config", directory.Write("good.toml", "port = 443\n")});
  EXPECT_EQ(good.line.exit_status, 0);
  EXPECT_THAT(good.output, HasSubstr("good"));
  const std::string file = directory.Write("bad.toml", "\n\nport = \"x\"\n");
  const Outcome bad = Parse({"--check-config", "--config", file});
  EXPECT_EQ(bad.line.exit_status, 2);
  EXPECT_EQ(bad.errors, "conclave: " + file + ":3: port must be a number without quotes\n");
}

// A fault that needs more than one line, or a file that is not there, has a line all the same.
TEST(CommandLineTest, FaultsOfTheWholeNameFileAndLine) {
  io::TemporaryDirectory directory;
  const auto check = [&](const std::string& text) {
    const Outcome outcome =
        Parse({"--check-config", "--config", directory.Write("whole.toml", text)});
    EXPECT_EQ(outcome.line.exit_status, 2);
    return outcome.errors;
  };
  EXPECT_THAT(check("port = 1\nkey = \"k.pem\"\n"), HasSubstr("whole.toml:2: key is set but"));
  EXPECT_THAT(check("\nshards = 4\nudp-port = 65535\n"), HasSubstr("whole.toml:3: udp-port 65535"));
  const std::string missing = check("certificate = \"/no/c.pem\"\nkey = \"/no/k.pem\"\n");
  EXPECT_THAT(missing, HasSubstr("whole.toml:1: "));
  EXPECT_THAT(missing, HasSubstr("/no/c.pem"));
  EXPECT_THAT(missing, HasSubstr("; give PEM files"));
  EXPECT_THAT(check("port = 1\nweb-root = \"/no/web\"\n"), HasSubstr("whole.toml:2: "));
}

TEST(CommandLineTest, TheFilesLineIsNotBlamedForTheCommandLine) {
  io::TemporaryDirectory directory;
  const std::string file = directory.Write("c.toml", "certificate = \"c.pem\"\nkey = \"k.pem\"\n");
  const Outcome outcome =
      Parse({"--check-config", "--config", file, "--certificate=/no/a.pem", "--key=/no/b.pem"});
  EXPECT_EQ(outcome.line.exit_status, 2);
  EXPECT_THAT(outcome.errors, ::testing::Not(HasSubstr("c.toml")));
}

TEST(CommandLineTest, EveryFaultEndsWithARemedy) {
  const auto errors = [](const std::vector<std::string>& arguments) {
    const Outcome outcome = Parse(arguments);
    EXPECT_EQ(outcome.line.exit_status, 2);
    return outcome.errors;
  };
  EXPECT_THAT(errors({"--prot", "443"}), HasSubstr("did you mean --port?"));
  EXPECT_THAT(errors({"--prot=443"}), HasSubstr("did you mean --port?"));
  EXPECT_THAT(errors({"--colour"}), HasSubstr("conclave --help"));
  EXPECT_THAT(errors({"--port", "70000"}), HasSubstr("--port must be a whole number from 0"));
  EXPECT_THAT(errors({"--port"}), HasSubstr("--port"));
  EXPECT_THAT(errors({"--listen", "everywhere"}), HasSubstr("--listen must be an IP address"));
  EXPECT_THAT(errors({"--config", "/no/such.toml"}), HasSubstr("/no/such.toml: cannot be read"));
  EXPECT_THAT(errors({"--key", "k.pem"}), HasSubstr("set both or neither"));
  EXPECT_THAT(errors({"--state-dir", ""}), HasSubstr("--state-dir"));
}

TEST(CommandLineTest, KnowsWhereItsPasscodesAreToBeReadAgain) {
  constexpr const char* kPasscode =
      "open/* $argon2id$v=19$m=19456,t=2,p=1$iR/wfU7ItSkdfHmchTEP8A$"
      "lGu/GsqODOZOoNOzYQuzfMGXlF0hdV1wIzaP7epVJ20";
  io::TemporaryDirectory directory;
  const std::string file = directory.Write("c.toml", "port = 1000\n");
  EXPECT_EQ(Parse({"--port", "443"}).line.config.passcode_file, "");
  EXPECT_EQ(Parse({"--config", file}).line.config.passcode_file, file);
  const Outcome given = Parse({"--config", file, "--passcode", kPasscode});
  EXPECT_FALSE(given.line.exit_status) << given.errors;
  EXPECT_EQ(given.line.config.passcode_file, "") << "what was given goes before the file, always";
}

}  // namespace
}  // namespace conclave::app
