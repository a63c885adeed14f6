#include "tests/framework/config/fuzz/fuzz_targets.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "framework/config/compose.h"
#include "framework/config/interpolation.h"
#include "framework/config/override.h"
#include "framework/config/sweep.h"
#include "framework/config/yaml.h"
#include "framework/core/error.h"

namespace twinset::fuzz {
namespace {

// Takes what stands before the separator, and the separator, away from the input.
std::string_view cut(std::string_view& input, std::string_view separator) {
  const size_t at = input.find(separator);
  const std::string_view head = input.substr(0, at);
  input.remove_prefix(at == std::string_view::npos ? input.size() : at + separator.size());
  return head;
}

// Equal as text: nan is nan.
bool same_tree(const Node& a, const Node& b) { return a == b || digest(a) == digest(b); }

// Text of interpolations and of what a cast took out of quotes is Hydra's own, which Hydra may not
// read either.
bool is_readable(const OverrideValue& value) {
  const auto is_plain = [](const std::string& text) {
    return text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/"
               "-\\+.%*@?|()[]{}:=, \t") == std::string::npos;
  };
  if (value.kind == OverrideValue::Kind::kScalar)
    return !value.scalar.is_string() ||
           (!value.scalar.as_string().empty() && is_plain(value.scalar.as_string()));
  return std::all_of(value.items.begin(), value.items.end(), is_readable);
}

class ConfigTree {
 public:
  ConfigTree()
      : path_(std::filesystem::temp_directory_path() /
              ("twinset_fuzz_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_ / "group");
  }
  ~ConfigTree() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }
  void write(const char* name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary | std::ios::trunc) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

void override_grammar(std::string_view input) {
  std::optional<Override> parsed;
  try {
    parsed = parse_override(input);
  } catch (const Error&) {
    return;
  }
  if (!parsed->value) return;
  if (parsed->is_sweep()) {
    if (parsed->value->kind != OverrideValue::Kind::kChoice) return;
    if (!is_readable(*parsed->value)) return;
    for (const std::string& text : sweep_values(*parsed, nullptr)) parse_override("key=" + text);
    return;
  }
  if (!is_readable(*parsed->value)) return;
  const std::string text = override_text(*parsed->value);
  const std::string again = override_text(*parse_override("key=" + text).value);
  TWINSET_CHECK(text == again, text + " is written as " + again);
}

void yaml_document(std::string_view input) {
  Node node;
  try {
    node = load_yaml(input, "input");
  } catch (const Error&) {
    return;
  }
  const std::string text = to_yaml(node);
  // Where PyYAML folds lines at Unicode's separators, as it is written, yaml-cpp sees none.
  for (const char* separator : {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
    if (text.find(separator) != std::string::npos) return;
  }
  TWINSET_CHECK(same_tree(load_yaml(text, "printed"), node), text + " loads as something else");
}

void composition(std::string_view input) {
  static const ConfigTree kTree;
  for (const char* name : {"config.yaml", "group/a.yaml", "group/b.yaml"})
    kTree.write(name, cut(input, "\n%%\n"));
  std::vector<std::string> overrides;
  while (!input.empty()) overrides.emplace_back(cut(input, "\n"));
  for (const bool resolve : {false, true}) {
    try {
      compose({.config_dir = kTree.path(),
               .config_name = "config",
               .overrides = overrides,
               .resolve = resolve});
    } catch (const Error&) {
    }
  }
}

void interpolation(std::string_view input) {
  const std::string_view key = cut(input, "\n");
  try {
    const Node root = load_yaml(input, "input");
    try {
      Resolver(root).select(key);
    } catch (const Error&) {
    }
    Resolver(root).resolved_root();
  } catch (const Error&) {
  }
}

const std::map<std::string, std::function<void(std::string_view)>>& targets() {
  static const std::map<std::string, std::function<void(std::string_view)>> kTargets = {
      {"override_grammar", override_grammar},
      {"yaml_document", yaml_document},
      {"composition", composition},
      {"interpolation", interpolation}};
  return kTargets;
}

}  // namespace twinset::fuzz
