#include "framework/config/apply_override.h"

#include <fmt/format.h>

#include "framework/config/interpolation.h"
#include "framework/config/interpolation_parser.h"
#include "framework/config/merge.h"
#include "framework/config/scalar.h"
#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace {

size_t key_column(const Override& override) { return override.text.find_first_not_of("+~"); }

void set_locations(Node& node, const Location& location) {
  node.set_location(location);
  if (node.is_list()) {
    for (Node& item : node.as_list()) set_locations(item, location);
  } else if (node.is_map()) {
    for (auto& [key, child] : node.as_map()) set_locations(child, location);
  }
}

void check_value(const Override& override, const Node& node) {
  if (node.is_list()) {
    for (const Node& item : node.as_list()) check_value(override, item);
  } else if (node.is_map()) {
    for (const auto& [key, child] : node.as_map()) {
      if (map_key_value(key).is_null())
        throw_override_error(override.text, override.value_column, "null as a key",
                             "a string, a number or a boolean");
      check_value(override, child);
    }
  } else if (node.is_string() && has_interpolation(node.as_string())) {
    try {
      check_interpolation(node.as_string());
    } catch (const ConfigError& error) {
      throw_override_error(override.text, override.value_column, error.parts().what,
                           error.parts().expected);
    }
  }
}

// Python's ==: 1, 1.0 and true are equal.
bool loosely_equal(const Node& a, const Node& b) {
  if (a.is_list() && b.is_list()) {
    if (a.as_list().size() != b.as_list().size()) return false;
    for (size_t i = 0; i < a.as_list().size(); ++i) {
      if (!loosely_equal(a.as_list()[i], b.as_list()[i])) return false;
    }
    return true;
  }
  if (a.is_map() && b.is_map()) {
    if (a.as_map().size() != b.as_map().size()) return false;
    for (const auto& [key, child] : a.as_map()) {
      const Node* other = b.find(key);
      if (other == nullptr || !loosely_equal(child, *other)) return false;
    }
    return true;
  }
  const auto is_number = [](const Node& n) {
    return n.is_bool() || n.is_float() || (n.is_int() && !n.is_big_int());
  };
  const auto number = [](const Node& n) {
    return n.is_bool()    ? (n.as_bool() ? 1.0 : 0.0)
           : n.is_float() ? n.as_float()
                          : static_cast<double>(n.as_int());
  };
  return is_number(a) && is_number(b) ? number(a) == number(b) : a == b;
}

class Updater {
 public:
  Updater(const Override& override, Node& root, bool can_add)
      : override_(override), root_(root), can_add_(can_add) {}

  void set(Node value) {
    const std::vector<std::string> pieces = split_path(override_.key);
    Node* at = &root_;
    for (size_t i = 0; i + 1 < pieces.size(); ++i) {
      Node* child = piece(*at, pieces[i]);
      if (child == nullptr) {
        if (!can_add_ || !at->is_map()) unknown(*at, pieces, i);
        child = &at->set(pieces[i], Node::map());
      } else if (!child->is_container()) {
        *child = Node::map();
      }
      at = child;
    }
    Node* old = piece(*at, pieces.back());
    if (old == nullptr && !(can_add_ && at->is_map())) unknown(*at, pieces, pieces.size() - 1);
    if (old == nullptr) {
      at->set(pieces.back(), std::move(value));
    } else if (old->is_container() && value.is_container()) {
      merge_value(pieces, *old, value);
    } else {
      *old = std::move(value);
    }
  }

 private:
  Node* piece(Node& container, const std::string& name) const {
    if (container.is_list() && !parse_int(name)) {
      throw_override_error(override_.text, key_column(override_),
                           fmt::format("index '{}' into a list", name), "an integer");
    }
    return find_piece(container, name);
  }

  void merge_value(const std::vector<std::string>& pieces, const Node& old, const Node& value) {
    if (old.is_map() != value.is_map()) {
      throw_override_error(
          override_.text, override_.value_column,
          fmt::format("'{}' is {}, the value {}", override_.key, old.describe(), value.describe()),
          old.describe());
    }
    try {
      merge(root_, pieces, value, can_add_ ? NewKeys::kAllowed : NewKeys::kForbidden);
    } catch (const ConfigError& error) {
      throw_override_error(override_.text, override_.value_column, error.parts().what,
                           error.parts().expected, error.parts().todo);
    }
  }

  [[noreturn]] void unknown(const Node& container, const std::vector<std::string>& pieces,
                            size_t index) const {
    size_t column = key_column(override_);
    for (size_t i = 0; i < index; ++i) column += pieces[i].size() + 1;
    if (container.is_list()) {
      throw_override_error(
          override_.text, column,
          fmt::format("index {} into a list of {}", pieces[index], container.as_list().size()),
          "an index in the list");
    }
    const std::string nearest = nearest_name(pieces[index], container.keys());
    std::string todo = nearest.empty() ? "" : fmt::format("did you mean '{}'? ", nearest);
    todo += fmt::format("to add the key, use +{}", override_.text);
    throw_override_error(
        override_.text, column,
        fmt::format("no key '{}'",
                    fmt::join(pieces.begin(),
                              pieces.begin() + static_cast<std::ptrdiff_t>(index) + 1, ".")),
        container.keys().empty() ? ""
                                 : fmt::format("one of: {}", fmt::join(container.keys(), ", ")),
        todo);
  }

  const Override& override_;
  Node& root_;
  bool can_add_;
};

void remove(const Override& override, Node& root, const Node& value) {
  const auto fail = [&](std::string what, std::string expected = "") {
    throw_override_error(override.text, key_column(override), std::move(what), std::move(expected));
  };
  Resolver resolver(root);
  const std::optional<Node> old = resolver.peek(override.key);
  if (!old || old->is_null())
    fail(fmt::format("'{}' does not exist, so it can't be deleted", override.key));
  if (!value.is_null()) {
    const Node whole = old->is_container() ? resolver.select(override.key).value_or(Node()) : *old;
    if (!loosely_equal(whole, value))
      fail(fmt::format("'{}' is {}, so it is not deleted", override.key, old->describe()),
           value.describe());
  }
  std::vector<std::string> pieces = split_path(override.key);
  Node* at = &root;
  for (size_t i = 0; i + 1 < pieces.size() && at != nullptr; ++i) at = find_piece(*at, pieces[i]);
  if (at == nullptr || !at->is_map())
    fail(fmt::format("'{}' can't be deleted from a list or through an interpolation", override.key),
         "a key of a map");
  at->erase(pieces.back());
}

}  // namespace

void apply_override(const Override& override, Node& root) {
  if (override.package) {
    throw_override_error(override.text, key_column(override),
                         fmt::format("there is no group '{}'", override.key), "a group before '@'");
  }
  Node value = override.value ? override.value->to_node() : Node();
  check_value(override, value);
  set_locations(value, {fmt::format("override `{}`", override.text), 0, 0});
  switch (override.type) {
    case Override::Type::kDelete:
      return remove(override, root, value);
    case Override::Type::kChange:
      return Updater(override, root, false).set(std::move(value));
    case Override::Type::kForceAdd:
      return Updater(override, root, true).set(std::move(value));
    case Override::Type::kAdd:
      break;
  }
  if (!value.is_container()) {
    const std::optional<Node> old = Resolver(root).peek(override.key);
    if (old && !old->is_null()) {
      throw_override_error(override.text, 0, fmt::format("'{}' exists already", override.key), "",
                           fmt::format("to change it, use {}; to add or change it, +{}",
                                       override.text.substr(1), override.text));
    }
  }
  Updater(override, root, true).set(std::move(value));
}

}  // namespace twinset
