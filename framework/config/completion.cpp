#include "framework/config/completion.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "framework/config/override.h"
#include "framework/config/python_text.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

bool begins_with(const std::string& text, const std::string& begin) {
  return text.rfind(begin, 0) == 0;
}

// Composes with as many of the overrides as fit together.
Node compose_what_fits(Composer& composer, const std::string& config_name,
                       const std::vector<std::string>& overrides) {
  std::vector<std::string> fitting;
  for (const std::string& text : overrides) {
    try {
      if (!parse_override(text).is_sweep()) fitting.push_back(text);
    } catch (const Error&) {
    }
  }
  for (bool with_overrides : {true, false}) {
    try {
      return composer
          .compose(config_name, with_overrides ? fitting : std::vector<std::string>{}, false)
          .tree;
    } catch (const Error&) {
    }
  }
  return Node::map();
}

void add_keys(const Node& tree, const std::string& word, std::set<std::string>& out) {
  const size_t dot = word.rfind('.');
  const std::string parent = dot == std::string::npos ? "" : word.substr(0, dot + 1);
  const Node* map = parent.empty() ? &tree : tree.find_path(word.substr(0, dot));
  if (map == nullptr || !map->is_map()) return;
  for (const auto& [key, child] : map->as_map()) {
    if (key.empty() || key[0] == '\x01' || !begins_with(parent + key, word)) continue;
    out.insert(parent + key + (child.is_map() && !child.as_map().empty() ? "." : "="));
  }
}

void add_groups(Composer& composer, const std::string& word, std::set<std::string>& out) {
  const size_t slash = word.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : word.substr(0, slash);
  std::vector<std::string> names = composer.repository().groups(parent);
  if (parent.empty()) names.push_back("hydra");
  if (parent == "hydra")
    names = {"env",         "help",     "hydra_help", "hydra_logging",
             "job_logging", "launcher", "output",     "sweeper"};
  for (const std::string& name : names) {
    const std::string group = parent.empty() ? name : parent + "/" + name;
    if (!begins_with(group, word)) continue;
    if (group != "hydra" && !composer.repository().options(group).empty()) out.insert(group + "=");
    if (group == "hydra" || !composer.repository().groups(group).empty()) out.insert(group + "/");
  }
}

// Folders and files below what is typed, for values that are paths.
void add_paths(const std::string& head, const std::string& value, std::set<std::string>& out) {
  const size_t slash = value.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : value.substr(0, slash + 1);
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder.empty() ? "." : folder, error)) {
    const std::string path = folder + entry.path().filename().string();
    if (begins_with(path, value)) out.insert(head + path + (entry.is_directory() ? "/" : ""));
  }
}

void add_values(Composer& composer, const Node& tree, const std::string& key,
                const std::string& head, const std::string& value,
                const ValueChoices& value_choices, std::set<std::string>& out) {
  std::vector<std::string> choices;
  const std::string group = key.substr(0, key.find('@'));
  if (composer.repository().has_group(group)) choices = composer.repository().options(group);
  const Node* node = tree.find_path(key);
  if (choices.empty() && value_choices) choices = value_choices(key, tree);
  if (choices.empty() && node != nullptr && node->is_bool()) choices = {"true", "false"};
  if (choices.empty() && !value.empty() && value.find('/') != std::string::npos)
    return add_paths(head, value, out);
  if (choices.empty() && node != nullptr && !node->is_map() && !node->is_list())
    choices = {python_str(*node)};
  for (const std::string& choice : choices) {
    if (begins_with(choice, value)) out.insert(head + choice);
  }
}

}  // namespace

std::vector<std::string> complete_override(Composer& composer, const std::string& config_name,
                                           const std::vector<std::string>& overrides,
                                           const std::string& word,
                                           const ValueChoices& value_choices) {
  const size_t prefix_length = std::min(word.find_first_not_of("+~"), word.size());
  const std::string prefix = word.substr(0, prefix_length);
  const std::string rest = word.substr(prefix_length);
  const Node tree = compose_what_fits(composer, config_name, overrides);
  const size_t equals = rest.find('=');
  std::set<std::string> found;
  if (equals != std::string::npos) {
    const size_t comma = rest.rfind(',');
    const size_t value = comma != std::string::npos && comma > equals ? comma + 1 : equals + 1;
    add_values(composer, tree, rest.substr(0, equals), rest.substr(0, value), rest.substr(value),
               value_choices, found);
  } else {
    if (rest.find('/') == std::string::npos) add_keys(tree, rest, found);
    add_groups(composer, rest, found);
    // A group's own node is chosen by its name; its keys come behind the dot.
    if (prefix == "~") {
      std::set<std::string> bare;
      for (const std::string& name : found)
        bare.insert(name.back() == '=' ? name.substr(0, name.size() - 1) : name);
      found = std::move(bare);
    }
  }
  std::vector<std::string> words;
  for (const std::string& name : found) words.push_back(prefix + name);
  return words;
}

std::vector<std::string> split_command_line(const std::string& line) {
  std::vector<std::string> words = {""};
  char quote = 0;
  bool in_word = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && (c == ' ' || c == '\t')) {
      if (in_word) words.emplace_back();
      in_word = false;
      continue;
    }
    in_word = true;
    if (quote != 0 && c == quote)
      quote = 0;
    else if (quote == 0 && (c == '\'' || c == '"'))
      quote = c;
    else if (c == '\\' && quote != '\'' && i + 1 < line.size())
      words.back() += line[++i];
    else
      words.back() += c;
  }
  return words;
}

}  // namespace twinset
