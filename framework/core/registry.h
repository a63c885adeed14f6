// A table of named factories. An ordinary object, filled by explicit calls: a plug-in that is
// forgotten is then a link error or a failing test, not a name that silently does not exist.
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
/// @throws ConfigError when a node's `name` is not registered (lists the known names and the
/// nearest), and whatever the
///         factory throws.
template <class Interface, class... Args>
class Registry {
 public:
  using Factory = std::function<std::unique_ptr<Interface>(const Registry&, const Node& options,
                                                           const std::string& path, Args...)>;
  using Check = std::function<void(const Registry&, const Node& options, const std::string& path)>;

  struct Entry {
    std::string help;                ///< one line
    std::vector<FieldInfo> options;  ///< the fields of the plug-in's options struct, for --help
    Check check;  ///< reads the options and throws what is wrong, without making anything
    Factory factory;
  };

  /// @param kind  the noun that messages use, such as "loss"
  explicit Registry(std::string kind) : kind_(std::move(kind)) {}

  /// Registers a plug-in whose options struct is `Options`; `make` gets the struct, read strictly
  /// from the node.
  ///
  /// A plug-in that is made of others has `make(options, registry, path, args...)` instead, and
  /// makes them by `create_part`; its options then check theirs in `check_parts(registry, path)`.
  template <class Options, class Make>
  void add(const std::string& name, std::string help, Make make) {
    Entry entry{std::move(help), describe_options<Options>(), nullptr, nullptr};
    entry.check = [](const Registry& registry, const Node& node, const std::string& path) {
      const auto options = read_options<Options>(node, path, {"name"});
      if constexpr (requires { options.check_parts(registry, path); })
        options.check_parts(registry, path);
    };
    entry.factory = [make](const Registry& registry, const Node& node, const std::string& path,
                           Args... args) -> std::unique_ptr<Interface> {
      auto options = read_options<Options>(node, path, {"name"});
      if constexpr (std::is_invocable_v<Make, Options, const Registry&, const std::string&,
                                        Args...>) {
        return make(std::move(options), registry, path, std::forward<Args>(args)...);
      } else {
        return make(std::move(options), std::forward<Args>(args)...);
      }
    };
    const bool inserted = entries_.emplace(name, std::move(entry)).second;
    TWINSET_CHECK(inserted, kind_ + " '" + name + "' is registered twice");
  }

  /// Makes the plug-in that `node.name` names, with the other keys of `node` as its options.
  std::unique_ptr<Interface> create(const Node& node, Args... args) const {
    return create_part(node, kind_, std::forward<Args>(args)...);
  }
  /// The same for a part of another plug-in, whose options stand at `path`, such as
  /// "loss.parts.clip".
  std::unique_ptr<Interface> create_part(const Node& node, const std::string& path,
                                         Args... args) const {
    return find(node, path).factory(*this, node, path, std::forward<Args>(args)...);
  }

  /// Throws what `create` would throw for a wrong name or a wrong option, without making anything.
  void check(const Node& node) const { check_part(node, kind_); }
  void check_part(const Node& node, const std::string& path) const {
    find(node, path).check(*this, node, path);
  }

  /// The entry that `node.name` names.
  const Entry& find(const Node& node) const { return find(node, kind_); }
  const Entry& find(const Node& node, const std::string& path) const {
    const std::string name = required_name(node, path, names());
    const auto entry = entries_.find(name);
    if (entry == entries_.end())
      throw_unknown_name(node.at("name").where(path + ".name"), kind_, name, names());
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
