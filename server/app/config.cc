#include "app/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

#include "app/option_values.h"

namespace conclave::app {
namespace {

std::string At(const std::string& file, const toml::source_region& where) {
  return file + ":" + std::to_string(where.begin.line) + ": ";
}

// How many characters to change, add, drop or swap with their neighbour to make `b` of `a` (optimal
// string alignment).
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> table(a.size() + 1, std::vector<size_t>(b.size() + 1));
  std::iota(table[0].begin(), table[0].end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    table[i][0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({replaced, table[i - 1][j] + 1, table[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
      }
    }
  }
  return table[a.size()][b.size()];
}

// The text of a TOML value as it would stand on the command line.
Result<std::string> TextOf(const toml::node& node, OptionKind kind) {
  if (kind == OptionKind::kNumber) {
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    return Error{"must be a number without quotes"};
  }
  if (const auto* text = node.as_string()) return text->get();
  return Error{"must be text in quotes"};
}

Result<void> SetOne(const Option& option, const toml::node& node, OptionKind kind,
                    const std::string& file, Config& config) {
  const std::string where = At(file, node.source()) + std::string(option.name) + " ";
  const auto text = TextOf(node, kind);
  if (!text) return Error{where + text.error().message};
  if (const auto set = option.set(config, *text); !set) return Error{where + set.error().message};
  return {};
}

Result<void> SetList(const Option& option, const toml::node& node, const std::string& file,
                     Config& config) {
  const auto* list = node.as_array();
  if (list == nullptr) {
    return Error{At(file, node.source()) + std::string(option.name) +
                 " must be a list such as [\"...\", \"...\"]"};
  }
  option.clear(config);
  for (const toml::node& element : *list) {
    const auto set = SetOne(option, element, OptionKind::kText, file, config);
    if (!set) return set;
  }
  return {};
}

Error UnknownKey(std::string_view key, const toml::node& node, const std::string& file) {
  const std::string_view nearest = NearestOption(key);
  return Error{At(file, node.source()) + "unknown option \"" + std::string(key) + "\"" +
               (nearest.empty() ? "; conclave --help lists them"
                                : "; did you mean \"" + std::string(nearest) + "\"?")};
}

Result<void> ApplyTable(const toml::table& table, const std::string& file, Config& config) {
  for (const auto& [key, node] : table) {
    const auto option = std::ranges::find(Options(), key.str(), &Option::name);
    if (option == Options().end()) return UnknownKey(key.str(), node, file);
    const auto set = option->kind == OptionKind::kTextList
                         ? SetList(*option, node, file, config)
                         : SetOne(*option, node, option->kind, file, config);
    if (!set) return set;
    config.places.insert_or_assign(std::string(key.str()), At(file, node.source()));
  }
  return {};
}

}  // namespace

Result<void> ApplyToml(std::string_view text, const std::string& file, Config& config) {
  Config changed = config;
  // The only exception that crosses into our code ends here.
  try {
    const toml::table table = toml::parse(text, file);
    if (const auto applied = ApplyTable(table, file, changed); !applied) return applied;
  } catch (const toml::parse_error& error) {
    return Error{At(file, error.source()) + std::string(error.description())};
  }
  config = std::move(changed);
  return {};
}

Result<void> ApplyTomlFile(const std::string& path, Config& config) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) {
    return Error{path + ": cannot be read; check the path and who may read it"};
  }
  return ApplyToml(text.str(), path, config);
}

Result<void> CheckConfig(const Config& config) {
  if (config.certificate.empty() != config.key.empty()) {
    return Error{PlaceOf(config, {"certificate", "key"}) +
                 (config.key.empty() ? "certificate is set but key is not; set both or neither"
                                     : "key is set but certificate is not; set both or neither")};
  }
  if (config.udp_port + size_t{config.shards} > 65536) {
    return Error{PlaceOf(config, {"udp-port", "shards"}) + "udp-port " +
                 std::to_string(config.udp_port) + " leaves no room for " +
                 std::to_string(config.shards) + " shards below port 65536"};
  }
  return {};
}

std::string PlaceOf(const Config& config, std::initializer_list<std::string_view> options) {
  for (const std::string_view option : options) {
    const auto place = config.places.find(option);
    if (place != config.places.end()) return place->second;
  }
  return {};
}

std::vector<std::string_view> OptionNames() {
  std::vector<std::string_view> names;
  for (const Option& option : Options()) names.push_back(option.name);
  return names;
}

std::string_view NearestOption(std::string_view name) {
  std::string_view best;
  // More than a third of the letters wrong is no typing error any more.
  size_t best_distance = name.size() / 3 + 1;
  for (const Option& option : Options()) {
    std::string written(name);
    std::ranges::replace(written, '_', '-');
    const size_t distance = Distance(written, option.name);
    if (distance >= best_distance) continue;
    best = option.name;
    best_distance = distance;
  }
  return best;
}

}  // namespace conclave::app
