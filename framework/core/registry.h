// A table of named factories. An ordinary object, filled by explicit calls: a plug-in that is forgotten is then a link
// error or a failing test, not a name that silently does not exist.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/options.h"

namespace twinset {

/// Factories of `Interface`, by name. `Args` are what every factory gets after its own options.
///
/// @throws ConfigError when a node's `name` is not registered (lists the known names and the nearest), and whatever the
///         factory throws.
template <class Interface, class... Args>
class Registry {
 public:
  using Factory = std::function<std::unique_ptr<Interface>(const Node& options, Args... args)>;

  struct Entry {
    std::string help;                ///< one line
    std::vector<FieldInfo> options;  ///< the fields of the plug-in's options struct, for --help
    std::function<void(const Node&)> check;  ///< reads the options and throws what is wrong, without making anything
    Factory factory;
  };

  /// @param kind  the noun that messages use, such as "loss"
  explicit Registry(std::string kind) : kind_(std::move(kind)) {}

  /// Registers a plug-in whose options struct is `Options`; `make` gets the struct, read strictly from the node.
  template <class Options, class Make>
  void add(const std::string& name, std::string help, Make make) {
    Entry entry{std::move(help), describe_options<Options>(), nullptr, nullptr};
    entry.check = [kind = kind_](const Node& node) { read_options<Options>(node, kind, {"name"}); };
    entry.factory = [make, kind = kind_](const Node& node, Args... args) -> std::unique_ptr<Interface> {
      return make(read_options<Options>(node, kind, {"name"}), std::forward<Args>(args)...);
    };
    const bool inserted = entries_.emplace(name, std::move(entry)).second;
    TWINSET_CHECK(inserted, kind_ + " '" + name + "' is registered twice");
  }

  /// Makes the plug-in that `node.name` names, with the other keys of `node` as its options.
  std::unique_ptr<Interface> create(const Node& node, Args... args) const {
    return find(node).factory(node, std::forward<Args>(args)...);
  }

  /// Throws what `create` would throw for a wrong name or a wrong option, without making anything.
  void check(const Node& node) const { find(node).check(node); }

  /// The entry that `node.name` names.
  const Entry& find(const Node& node) const {
    const std::string name = required_name(node, kind_, names());
    const auto entry = entries_.find(name);
    if (entry == entries_.end()) throw_unknown_name(node.at("name").where(kind_ + ".name"), kind_, name, names());
    return entry->second;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& [name, entry] : entries_) result.push_back(name);
    return result;
  }

  const std::map<std::string, Entry>& entries() const { return entries_; }
  const std::string& kind() const { return kind_; }

 private:
  std::string kind_;
  std::map<std::string, Entry> entries_;
};

}  // namespace twinset
