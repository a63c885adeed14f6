#include "framework/config/choices.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace {

std::string shown(const DefaultEntry& entry) {
  if (entry.choice == DefaultEntry::Choice::kNull) return "null";
  if (entry.choice == DefaultEntry::Choice::kList)
    return fmt::format("[{}]", fmt::join(entry.options, ","));
  return entry.name;
}

template <class Entries>
auto find_key(Entries& entries, const std::string& key) {
  return std::find_if(entries.begin(), entries.end(),
                      [&](const auto& entry) { return entry.first == key; });
}

}  // namespace

Choices::Choices(const ConfigRepository& repository, const std::vector<Override>& overrides,
                 std::vector<Override>& config_overrides) {
  for (const Override& override : overrides) {
    const bool is_map = override.value && override.value->kind == OverrideValue::Kind::kMap;
    if (is_map || !repository.has_group(override.key)) {
      config_overrides.push_back(override);
    } else {
      add_group_override(override);
    }
  }
}

void Choices::add_group_override(const Override& override) {
  const auto fail = [&](std::string what, std::string expected, std::string todo = "") {
    throw_override_error(override.text, override.value_column, std::move(what), std::move(expected),
                         std::move(todo));
  };
  if (override.type == Override::Type::kForceAdd) {
    fail(fmt::format("'++' with the group '{}'", override.key), "",
         "use + to append it, or no prefix to change it");
  }
  const Node value = override.value ? override.value->to_node() : Node();
  const auto text_of = [](const Node& node) {
    return node.is_missing() ? std::string("???") : node.as_string();
  };
  if (override.type == Override::Type::kDelete) {
    if (!value.is_null() && !value.is_string() && !value.is_missing())
      fail("the option to delete is " + value.describe(), "a name");
    Deletion deletion;
    if (!value.is_null()) deletion.option = text_of(value);
    deletion.text = override.text;
    deletions_[override.key_with_package()] = std::move(deletion);
    return;
  }
  DefaultItem item;
  item.is_group = true;
  item.path = override.key;
  item.package = override.package;
  item.is_from_command_line = true;
  if (value.is_list()) {
    item.choice = DefaultEntry::Choice::kList;
    for (const Node& option : value.as_list()) {
      if (!option.is_string() && !option.is_missing())
        fail("an option is " + option.describe(), "names");
      item.options.push_back(text_of(option));
    }
  } else if (value.is_string() || value.is_missing()) {
    item.name = text_of(value);
  } else {
    fail(fmt::format("option of the group '{}' is {}", override.key, value.describe()),
         "a name or a list of names",
         value.is_null() ? fmt::format("to leave it out, use ~{}", override.key_with_package())
                         : "");
  }
  if (override.type == Override::Type::kAdd) {
    appending_[override.key_with_package()] = override;
    appended_.push_back(std::move(item));
    return;
  }
  const std::string key = override.key_with_package();
  Request request{item, "", override, false};
  const auto old = find_key(requests_, key);
  if (old != requests_.end()) {
    old->second = std::move(request);
  } else {
    requests_.emplace_back(key, std::move(request));
  }
}

void Choices::add_override(const std::string& config_path, const DefaultItem& item) {
  const std::string key = item.override_key();
  if (find_key(requests_, key) == requests_.end())
    requests_.emplace_back(key, Request{item, config_path, {}, false});
}

void Choices::apply_override(DefaultItem& item) {
  if (!item.is_group) return;
  const auto request = find_key(requests_, item.override_key());
  if (request == requests_.end()) return;
  item.choice = request->second.entry.choice;
  item.name = request->second.entry.name;
  item.options = request->second.entry.options;
  item.location = request->second.entry.location;
  request->second.is_used = true;
}

const Override* Choices::override_of(const DefaultItem& item) const {
  // An item of a list of options is known by its group: the path without the option.
  DefaultItem group = item;
  if (!item.is_group && item.path.find('/') != std::string::npos) {
    group.is_group = true;
    group.path.erase(group.path.rfind('/'));
  }
  const std::string key = group.override_key();
  const auto request = find_key(requests_, key);
  if (request != requests_.end() && request->second.config_path.empty())
    return &request->second.override;
  const auto appending = appending_.find(key);
  return appending != appending_.end() && item.location.line == 0 ? &appending->second : nullptr;
}

bool Choices::is_deleted(const DefaultItem& item) {
  if (!item.is_group || deletions_.empty()) return false;
  const auto deletion = deletions_.find(item.override_key());
  if (deletion == deletions_.end()) return false;
  if (deletion->second.option && deletion->second.option != item.option()) return false;
  deletion->second.is_used = true;
  return true;
}

void Choices::note(const DefaultItem& item) {
  if (!item.is_group) return;
  const std::string key = item.override_key();
  const auto known = find_key(known_, key);
  if (known == known_.end()) {
    known_.emplace_back(key, item.option());
    made_.emplace_back(key, item.option().value_or("null"));
  } else if (known->second != item.option()) {
    throw ConfigError(
        {.where = item.location.line > 0
                      ? fmt::format("{}:{}", item.location.file, item.location.line)
                      : "",
         .what = fmt::format("'{}' is '{}' here, but '{}' before", key,
                             item.option().value_or("null"), known->second.value_or("null")),
         .todo = fmt::format("to change it, use 'override {}: {}'", key,
                             item.option().value_or("null"))});
  }
  keys_by_group_[item.group_path()].insert(key);
}

void Choices::note_list(const DefaultItem& item) {
  const std::string key = item.override_key();
  if (find_key(made_, key) == made_.end()) made_.emplace_back(key, shown(item));
}

Node Choices::as_node(const std::vector<DefaultItem>& items, bool self_added) const {
  Node known = Node::map();
  const auto text = [](const std::string& value) {
    return value == "???" ? Node::missing() : Node(value);
  };
  for (const auto& [key, option] : known_) known.set(key, option ? text(*option) : Node());
  Node::List defaults;
  for (const DefaultItem& item : items) {
    if (self_added && item.is_self()) continue;
    if (!item.is_group) {
      defaults.push_back(text(item.config_path()));
      continue;
    }
    Node entry = Node::map();
    Node::List options;
    for (const std::string& option : item.options) options.push_back(text(option));
    entry.set(item.override_key(), item.choice == DefaultEntry::Choice::kNull ? Node()
                                   : item.choice == DefaultEntry::Choice::kList
                                       ? Node(std::move(options))
                                       : text(item.name));
    defaults.push_back(std::move(entry));
  }
  known.set("defaults", Node(std::move(defaults)));
  return known;
}

std::vector<std::string> Choices::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, option] : known_) {
    if (key.rfind("hydra/", 0) != 0) names.push_back(key);
  }
  return names;
}

void Choices::fail_unused(const std::string& key, const Request& request) const {
  const auto near = keys_by_group_.find(key.substr(0, key.find('@')));
  std::string todo;
  if (near != keys_by_group_.end()) {
    todo = fmt::format("did you mean {}?", fmt::join(near->second, " or "));
  } else {
    const std::string nearest = nearest_name(key, keys());
    if (!nearest.empty()) todo = fmt::format("did you mean '{}'?", nearest);
  }
  const std::string what =
      fmt::format("'{}' is in no defaults list, so it can't be overridden", key);
  if (!request.config_path.empty()) {
    const Location& location = request.entry.location;
    throw ConfigError({.where = location.line > 0
                                    ? fmt::format("{}:{}", location.file, location.line)
                                    : request.config_path,
                       .what = what,
                       .todo = todo});
  }
  todo +=
      fmt::format("{}to append it, use +{}={}", todo.empty() ? "" : " ", key, shown(request.entry));
  throw_override_error(request.override.text, 0, what, "", todo);
}

void Choices::check_all_used() const {
  for (const auto& [key, request] : requests_) {
    if (!request.is_used) fail_unused(key, request);
  }
  for (const auto& [key, deletion] : deletions_) {
    if (deletion.is_used) continue;
    if (const auto known = find_key(made_, key); known != made_.end()) {
      throw_override_error(deletion.text, 1,
                           fmt::format("'{}' is '{}', so it is not deleted", key, known->second));
    }
    const std::string nearest = nearest_name(key, keys());
    throw_override_error(deletion.text, 1,
                         fmt::format("'{}' is in no defaults list, so it can't be deleted", key),
                         "", nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest));
  }
}

}  // namespace twinset
