// Interpolations get their values: paths to other nodes, and the resolvers oc.env, oc.select,
// oc.decode, oc.create, oc.deprecated, oc.dict.keys, oc.dict.values, now and hydra.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "framework/config/interpolation_parser.h"
#include "framework/core/node.h"

namespace twinset {

/// Replaces every interpolation in the tree by its value.
///
/// @throws ConfigError with file:line and key: a path that leads nowhere, to a missing value or
/// back to itself, an unknown
///         resolver, a resolver that refuses its arguments
void resolve(Node& root);

/// Gives values to the interpolations of one tree, which must outlive it and must not change
/// meanwhile.
class Resolver {
 public:
  explicit Resolver(const Node& root);

  /// The value at a dotted path with all interpolations within resolved; empty if there is none.
  /// @throws ConfigError as `resolve`, and if the value is missing (`???`)
  std::optional<Node> select(std::string_view path);

  /// The node at a dotted path, behind interpolations but unresolved within; empty if there is none
  /// or it is missing.
  std::optional<Node> peek(std::string_view path);

  /// The child of the root under `key` with all interpolations within resolved.
  Node resolved_child(std::string_view key);
  /// The whole tree with all interpolations resolved.
  Node resolved_root();

  /// The node that an interpolation in the tree stands for, unresolved within; empty if it can't be
  /// resolved.
  std::optional<Node> target_of(const std::vector<std::string>& path_of_interpolation);

  /// The value of a string with interpolations that is not part of the tree, as if it stood in a
  /// map of its own below the root.
  Node resolve_text(const std::string& text);

 private:
  // A container and the way up from it.
  struct Frame {
    const Node* container;
    const Frame* parent;
    std::string key;
  };
  // A node and the container that holds it. Literal strings are results: "${" in them means
  // nothing.
  struct Ref {
    const Node* node = nullptr;
    const Frame* frame = nullptr;
    std::string key;
    bool is_literal = false;
  };
  enum class OnMissing { kThrow, kKeep };
  using Arguments = std::vector<Ref>;

  const Frame* frame_of(const Ref& container);
  Ref deref(const Ref& ref);
  Ref evaluate(const Template& parts, const Ref& site);
  Ref follow(const Interpolation& path, const Ref& site);
  Ref element(const Element& element, const Ref& site, bool keep_interpolations);
  std::string path_text(const Template& path, const Ref& site);
  std::optional<Ref> select_from(const Frame* root, const std::string& path, OnMissing on_missing);
  std::optional<Ref> child_of(const Ref& container, const std::string& key, OnMissing on_missing);
  const Frame* start_of(std::string& path, const Frame* frame);
  Node materialize(const Ref& ref);
  Ref make(Node node, const Ref& site, bool is_literal);
  std::string full_key(const Ref& ref) const;
  [[noreturn]] void fail(const Ref& site, std::string what, std::string expected = "",
                         std::string todo = "") const;

  Ref call(const std::string& name, const Arguments& arguments, const Ref& site);
  Ref call_env(const Arguments& arguments, const Ref& site);
  Ref call_select(const Arguments& arguments, const Ref& site);
  Ref call_decode(const Arguments& arguments, const Ref& site);
  Ref call_create(const Arguments& arguments, const Ref& site);
  Ref call_deprecated(const Arguments& arguments, const Ref& site);
  Ref call_dict(const Arguments& arguments, const Ref& site, bool keys);
  Ref call_now(const Arguments& arguments, const Ref& site);
  Ref call_hydra(const Arguments& arguments, const Ref& site);
  std::string string_argument(const Arguments& arguments, size_t index, const std::string& name,
                              const Ref& site) const;

  const Node& root_;
  const Frame* root_frame_;
  std::deque<Frame> frames_;
  std::deque<Node> made_;
  std::unordered_map<const Node*, const Frame*> frame_by_container_;
  std::unordered_map<const Node*, Ref> done_;
  std::unordered_set<const Node*> open_;           // interpolations being evaluated
  std::unordered_set<const Node*> materializing_;  // containers being written out
  size_t num_values_ = 0;                          // written out so far
};

}  // namespace twinset
