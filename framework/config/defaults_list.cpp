#include "framework/config/defaults_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "framework/config/choices.h"
#include "framework/config/default_item.h"
#include "framework/config/interpolation.h"
#include "framework/config/scalar.h"
#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace {

constexpr int kMaxIncludes = 150;
constexpr const char* kNoConfig = "_dummy_empty_config_";

// An entry with what its config's own defaults list brought in; without children it is merged
// itself.
struct TreeNode {
  DefaultItem item;
  std::vector<TreeNode> children;
};

std::string place(const DefaultItem& item) {
  return item.location.line > 0 ? fmt::format("{}:{}", item.location.file, item.location.line) : "";
}

class Builder {
 public:
  Builder(ConfigRepository& repository, Choices& choices)
      : repository_(repository), choices_(choices) {}

  void expand(TreeNode& root, const std::string& holder, bool is_primary, bool in_interpolated) {
    if (++depth_ > kMaxIncludes)
      throw ConfigError(
          {.where = place(root.item),
           .what = fmt::format("the defaults list of '{}' holds itself", root.item.config_path())});
    expand_one(root, holder, is_primary, in_interpolated);
    --depth_;
  }

 private:
  void expand_one(TreeNode& root, const std::string& holder, bool is_primary,
                  bool in_interpolated) {
    DefaultItem& parent = root.item;
    if (is_primary) {
      parent.set_parent("", "");
      if (!repository_.has_config(parent.config_path())) not_found(parent, holder);
    }
    const std::optional<std::string> option = parent.option();
    const ConfigFile* file =
        option && !parent.is_mandatory() ? repository_.load(parent.config_path()) : nullptr;
    if (file != nullptr) parent.set_header(file->package);
    if (choices_.is_deleted(parent)) {
      parent.is_deleted = true;
      return;
    }
    choices_.note(parent);
    if (!option) return;
    if (parent.is_mandatory()) not_chosen(parent);
    if (file == nullptr) {
      if (!parent.is_optional) not_found(parent, holder);
      parent.is_deleted = true;
      return;
    }
    std::vector<DefaultItem> items;
    for (const DefaultEntry& entry : file->defaults)
      static_cast<DefaultEntry&>(items.emplace_back()) = entry;
    const std::vector<DefaultItem> none;
    const std::vector<DefaultItem>& appended = is_primary ? choices_.appended() : none;
    const bool self_added = (!items.empty() || !appended.empty()) && ensure_self(parent, items);
    items.insert(items.end(), appended.begin(), appended.end());
    note_overrides(parent, items, in_interpolated);
    std::vector<TreeNode> children;
    for (auto item = items.rbegin(); item != items.rend(); ++item)
      add_children(*item, parent, in_interpolated, children);
    resolve_deferred(parent, items, self_added, children);
    std::reverse(children.begin(), children.end());
    root.children = std::move(children);
  }

  // Adds `_self_` at the end where it is missing; true if it did.
  static bool ensure_self(const DefaultItem& parent, std::vector<DefaultItem>& items) {
    bool has_self = false;
    bool has_others = false;
    for (const DefaultItem& item : items) {
      has_others = has_others || !item.is_override;
      if (!item.is_self()) continue;
      if (has_self)
        throw ConfigError({.where = place(item),
                           .what = fmt::format("_self_ stands twice in the defaults list of '{}'",
                                               parent.config_path())});
      has_self = true;
    }
    if ((!has_self && has_others) || items.empty()) items.emplace_back().path = "_self_";
    return !has_self;
  }

  void note_overrides(const DefaultItem& parent, std::vector<DefaultItem>& items,
                      bool in_interpolated) {
    const DefaultItem* last_override = nullptr;
    for (DefaultItem& item : items) {
      if (item.is_self()) continue;
      item.set_parent(parent.group_path(), parent.final_package());
      if (last_override != nullptr && !item.is_override && !item.is_from_command_line) {
        throw ConfigError({.where = place(item),
                           .what = fmt::format("'{}' stands behind 'override {}'",
                                               item.override_key(), last_override->override_key()),
                           .todo = "put the overrides at the end of the defaults list"});
      }
      if (!item.is_group || !item.is_override) continue;
      last_override = &item;
      if (in_interpolated) {
        throw ConfigError(
            {.where = place(item),
             .what = fmt::format("'override {}' below a choice that is an interpolation",
                                 item.override_key()),
             .todo = "override it from the primary config"});
      }
      choices_.add_override(parent.config_path(), item);
    }
  }

  void add_children(DefaultItem item, const DefaultItem& parent, bool in_interpolated,
                    std::vector<TreeNode>& children) {
    if (item.is_self()) {
      children.push_back({std::move(item), {}});
      return;
    }
    if (item.is_override) return;
    choices_.apply_override(item);
    if (item.is_group && item.choice == DefaultEntry::Choice::kList) {
      choices_.note_list(item);
      for (auto option = item.options.rbegin(); option != item.options.rend(); ++option) {
        if (has_interpolation(*option)) {
          throw ConfigError(
              {.where = place(item),
               .what = fmt::format("interpolation '{}' in a list of options", *option),
               .expected = "names"});
        }
        DefaultItem one;
        one.path = item.path + "/" + *option;
        one.package = item.package;
        one.is_optional = item.is_optional;
        one.location = item.location;
        one.set_parent(parent.group_path(), parent.final_package());
        add_child(std::move(one), parent, in_interpolated, children);
      }
    } else if (item.is_interpolation()) {
      children.push_back({std::move(item), {}});
    } else {
      add_child(std::move(item), parent, in_interpolated, children);
    }
  }

  void add_child(DefaultItem item, const DefaultItem& parent, bool in_interpolated,
                 std::vector<TreeNode>& children) {
    TreeNode node{std::move(item), {}};
    expand(node, parent.config_path(), false, in_interpolated);
    children.push_back(std::move(node));
  }

  // Choices that refer to other choices wait until those are made.
  void resolve_deferred(const DefaultItem& parent, const std::vector<DefaultItem>& items,
                        bool self_added, std::vector<TreeNode>& children) {
    const bool any = std::any_of(children.begin(), children.end(), [](const TreeNode& n) {
      return n.children.empty() && !n.item.is_self() && n.item.is_interpolation();
    });
    if (!any) return;
    const Node known = choices_.as_node(items, self_added);
    for (TreeNode& child : children) {
      if (!child.children.empty() || child.item.is_self() || !child.item.is_interpolation())
        continue;
      DefaultItem& item = child.item;
      const std::string text = item.is_group ? item.name : item.config_path();
      Node value;
      try {
        value = Resolver(known).resolve_text(text);
      } catch (const ConfigError& error) {
        throw ConfigError(
            {.where = place(item),
             .what = fmt::format("choice '{}': {}", text, error.parts().what),
             .expected = "choices of " + fmt::format("{}", fmt::join(choices_.keys(), ", "))});
      }
      if (value.is_missing()) value = Node("???");
      if (!value.is_string())
        throw ConfigError({.where = place(item),
                           .what = fmt::format("choice '{}' is {}", text, value.describe()),
                           .expected = "a name"});
      (item.is_group ? item.name : item.path) = value.as_string();
      expand(child, parent.config_path(), false, true);
    }
  }

  [[noreturn]] void not_chosen(const DefaultItem& item) const {
    if (!item.is_group)
      throw ConfigError(
          {.where = place(item), .what = "a path is ???", .expected = "the path of a config"});
    const std::string key = item.override_key();
    throw ConfigError(
        {.where = place(item),
         .what = fmt::format("you must specify '{}'", key),
         .expected = "one of: " +
                     fmt::format("{}", fmt::join(repository_.options(item.group_path()), ", ")),
         .todo = fmt::format("add {}=OPTION", key)});
  }

  [[noreturn]] void not_found(const DefaultItem& item, const std::string& holder) const {
    std::vector<std::string> searched;
    for (const auto& folder : repository_.folders()) searched.push_back(folder.string());
    const std::string path = item.config_path();
    if (item.is_primary) {
      const std::vector<std::string> near = repository_.options(item.group_path());
      const std::string nearest = nearest_name(item.option().value_or(""), near);
      throw ConfigError(
          {.what = fmt::format("no config '{}' in {}", path, fmt::join(searched, ", ")),
           .expected = near.empty() ? "" : "one of: " + fmt::format("{}", fmt::join(near, ", ")),
           .todo = nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest)});
    }
    const std::string group = item.group_path();
    const std::vector<std::string> options = repository_.options(group);
    const Override* chosen_by = choices_.override_of(item);
    try {
      const std::string where = place(item).empty() ? holder : place(item);
      if (!options.empty())
        throw_unknown_name(where, group.empty() ? "config" : group, item.option().value_or(""),
                           options);
      throw ConfigError(
          {.where = where,
           .what = fmt::format("'{}' does not exist in {}", path, fmt::join(searched, ", "))});
    } catch (const ConfigError& error) {
      if (chosen_by == nullptr) throw;
      throw_override_error(chosen_by->text, chosen_by->value_column, error.parts().what,
                           error.parts().expected, error.parts().todo);
    }
  }

  ConfigRepository& repository_;
  Choices& choices_;
  int depth_ = 0;
};

struct Trees {
  TreeNode primary, hydra;
};

Trees expand_all(ConfigRepository& repository, Choices& choices, const std::string& config_name) {
  Trees trees;
  trees.primary.item.path = config_name.empty() ? kNoConfig : config_name;
  trees.primary.item.is_primary = true;
  trees.hydra.item.path = "hydra/config";
  Builder builder(repository, choices);
  builder.expand(trees.primary, "", true, false);
  builder.expand(trees.hydra, "", false, false);
  return trees;
}

void collect(const TreeNode& node, const TreeNode* holder, const std::string& parent,
             std::vector<ResultDefault>& out) {
  if (!node.children.empty()) {
    const std::string path = node.item.config_path();
    for (const TreeNode& child : node.children)
      collect(child, &node, child.item.is_self() ? parent : path, out);
    return;
  }
  const DefaultItem& item = node.item;
  if (item.is_deleted || (!item.is_self() && !item.option())) return;
  const DefaultItem& source = item.is_self() ? holder->item : item;
  ResultDefault result{
      source.config_path(), source.final_package(), source.is_primary, item.is_self(), "", parent};
  if (!item.is_self() && item.is_group) result.override_key = item.override_key();
  if (result.config_path != kNoConfig) out.push_back(std::move(result));
}

DefaultsTree describe(const TreeNode& node) {
  const DefaultItem& item = node.item;
  DefaultsTree tree;
  if (item.is_self()) {
    tree.label = "_self_";
  } else if (item.is_group) {
    tree.label = item.override_key() + ": " + item.option().value_or("null");
  } else {
    tree.label = item.config_path();
  }
  if (item.is_deleted) tree.label += " (left out)";
  for (const TreeNode& child : node.children) tree.children.push_back(describe(child));
  return tree;
}

}  // namespace

DefaultsTree make_defaults_tree(ConfigRepository& repository, const std::string& config_name,
                                const std::vector<Override>& overrides) {
  std::vector<Override> config_overrides;
  Choices choices(repository, overrides, config_overrides);
  const Trees trees = expand_all(repository, choices, config_name);
  return {"<root>", {describe(trees.hydra), describe(trees.primary)}};
}

DefaultsList make_defaults_list(ConfigRepository& repository, const std::string& config_name,
                                const std::vector<Override>& overrides) {
  DefaultsList list;
  Choices choices(repository, overrides, list.config_overrides);
  const Trees trees = expand_all(repository, choices, config_name);
  collect(trees.hydra, nullptr, "<root>", list.configs);
  collect(trees.primary, nullptr, "<root>", list.configs);
  std::set<std::string> seen;
  for (const ResultDefault& config : list.configs) {
    if (config.override_key.empty() || seen.insert(config.override_key).second) continue;
    throw ConfigError({.what = fmt::format("'{}' stands more than once in the final defaults list",
                                           config.override_key)});
  }
  choices.check_all_used();
  list.choices = choices.made();
  return list;
}

}  // namespace twinset
