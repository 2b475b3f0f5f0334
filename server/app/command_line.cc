#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/hash_passcode.h"
#include "app/installation.h"
#include "app/option_values.h"
#include "io/entropy.h"

namespace conclave::app {
namespace {

// What was given for each option, in the order of Options().
using Given = std::vector<std::vector<std::string>>;

Result<void> ApplyGiven(const Given& given, Config& config) {
  for (size_t i = 0; i < given.size(); ++i) {
    const Option& option = Options()[i];
    if (given[i].empty()) continue;
    option.clear(config);
    config.places.erase(std::string(option.name));
    for (const std::string& text : given[i]) {
      const auto set = option.set(config, text);
      if (!set) return Error{"--" + std::string(option.name) + " " + set.error().message};
    }
  }
  return {};
}

Result<void> Build(const std::string& file, const Given& given, Config& config) {
  if (!file.empty()) {
    if (const auto applied = ApplyTomlFile(file, config); !applied) return applied;
  }
  if (const auto applied = ApplyGiven(given, config); !applied) return applied;
  const auto passcode = std::ranges::find(Options(), "passcode", &Option::name);
  if (given[passcode - Options().begin()].empty()) config.passcode_file = file;
  return CheckConfig(config);
}

// "--prot" -> "; did you mean --port?".
std::string Suggestion(const std::vector<std::string>& unknown) {
  for (const std::string& text : unknown) {
    if (!text.starts_with("--")) continue;
    const std::string name = text.substr(2, text.find('=') - 2);
    const std::string_view nearest = NearestOption(name);
    if (!nearest.empty()) return "; did you mean --" + std::string(nearest) + "?";
  }
  return "; conclave --help lists the options";
}

int Refuse(const std::string& message) {
  std::fprintf(stderr, "conclave: %s\n", message.c_str());
  return 2;
}

int Check(const Config& config) {
  if (const auto files = CheckFiles(config); !files) return Refuse(files.error().message);
  std::puts("The configuration is good.");
  return 0;
}

int Hash() {
  io::KernelRandom random;
  const auto text = HashPasscode(ReadPasscode(), random);
  if (!text) return Refuse(text.error().message);
  std::puts(text->c_str());
  return 0;
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CommandLine result;
  CLI::App app("Conclave: private video meetings in the browser, on your own server.", "conclave");
  app.set_version_flag("--version", "conclave " CONCLAVE_VERSION);
  std::string file;
  bool check_only = false;
  app.add_option("--config", file, "Configuration file (TOML); options go before it")
      ->type_name("FILE");
  app.add_flag("--check-config", check_only, "Check the configuration and end");
  bool hash = false;
  app.add_flag("--hash-passcode", hash,
               "Read a passcode from the standard input, print what --passcode takes, and end");
  Given given(Options().size());
  for (size_t i = 0; i < Options().size(); ++i) {
    const Option& option = Options()[i];
    CLI::Option* added =
        app.add_option("--" + std::string(option.name), given[i], std::string(option.help));
    added->type_name(std::string(option.value))->expected(1);
    if (option.kind == OptionKind::kTextList)
      added->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    // No file or option is taken where one is not understood.
    result.exit_status = Refuse(std::string(error.what()) + Suggestion(app.remaining()));
    return result;
  } catch (const CLI::ParseError& error) {
    // Help and version are not errors, though CLI11 throws them.
    result.exit_status = error.get_exit_code() == 0 ? app.exit(error) : Refuse(error.what());
    return result;
  }
  if (hash) {
    result.exit_status = Hash();
    return result;
  }
  if (const auto built = Build(file, given, result.config); !built) {
    result.exit_status = Refuse(built.error().message);
  } else if (check_only) {
    result.exit_status = Check(result.config);
  }
  return result;
}

}  // namespace conclave::app
