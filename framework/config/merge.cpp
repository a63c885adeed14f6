#include "framework/config/merge.h"

#include <fmt/format.h>

#include "framework/config/interpolation.h"
#include "framework/config/scalar.h"
#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace {

std::string dotted(const std::vector<std::string>& path) {
  return fmt::format("{}", fmt::join(path, "."));
}

class Merger {
 public:
  Merger(Node& root, std::vector<std::string> path, NewKeys new_keys)
      : root_(root), path_(std::move(path)), new_keys_(new_keys) {}

  void merge_containers(Node& target, const Node& source) {
    if (target.is_list() && source.is_list()) {
      target = source;
    } else if (target.is_map() && source.is_map()) {
      for (const auto& [key, child] : source.as_map()) merge_child(target, key, child);
    } else {
      throw ConfigError(
          {.where = source.where(dotted(path_)),
           .what = fmt::format("is {}", source.describe()),
           .expected = fmt::format("{}, as in {}", target.describe(), target.where(""))});
    }
  }

 private:
  void merge_child(Node& target, const std::string& key, const Node& source) {
    Node* old = target.find(key);
    if (old == nullptr) {
      if (new_keys_ == NewKeys::kForbidden) unknown_key(target, key, source);
      target.as_map().emplace_back(key, source);
      return;
    }
    path_.push_back(key);
    if (old->is_string() && has_interpolation(old->as_string())) {
      std::optional<Node> written_out = Resolver(root_).target_of(path_);
      if (written_out && written_out->is_container()) *old = std::move(*written_out);
    }
    if (!source.is_missing()) {
      if (old->is_container() && source.is_container()) {
        merge_containers(*old, source);
      } else {
        *old = source;
      }
    }
    path_.pop_back();
  }

  [[noreturn]] void unknown_key(const Node& target, const std::string& key,
                                const Node& source) const {
    std::vector<std::string> path = path_;
    path.push_back(key);
    const std::string nearest = nearest_name(key, target.keys());
    throw ConfigError({.where = source.where(dotted(path)),
                       .what = fmt::format("no key '{}'", key),
                       .expected = target.keys().empty()
                                       ? ""
                                       : fmt::format("one of: {}", fmt::join(target.keys(), ", ")),
                       .todo = nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest)});
  }

  Node& root_;
  std::vector<std::string> path_;
  NewKeys new_keys_;
};

}  // namespace

Node* find_piece(Node& container, const std::string& piece) {
  if (container.is_map()) return container.find(piece);
  if (!container.is_list()) return nullptr;
  const std::optional<Node> index = parse_int(piece);
  if (!index || index->is_big_int() || index->as_int() < 0) return nullptr;
  const auto position = static_cast<size_t>(index->as_int());
  return position < container.as_list().size() ? &container.as_list()[position] : nullptr;
}

void merge(Node& root, const std::vector<std::string>& path, const Node& source, NewKeys new_keys) {
  Node* target = &root;
  for (const std::string& piece : path) target = find_piece(*target, piece);
  TWINSET_CHECK(target != nullptr, "merge into a path that does not exist");
  Merger(root, path, new_keys).merge_containers(*target, source);
}

}  // namespace twinset
