#include "framework/config/interpolation.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/config/python_text.h"
#include "framework/config/scalar.h"
#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace {

// A few lines can ask for billions of values, or for a way of thousands of steps: these are told,
// not tried.
constexpr size_t kMaxSteps = 500;
constexpr size_t kMaxValues = 1'000'000;
constexpr size_t kMaxText = 16 << 20;

bool is_interpolation(const Node& node) {
  return node.is_string() && !node.is_bytes() && has_interpolation(node.as_string());
}

std::optional<size_t> list_index(const std::string& key) {
  const std::optional<Node> index = parse_int(key);
  if (!index) return std::nullopt;
  if (index->is_big_int() || index->as_int() < 0) return SIZE_MAX;
  return static_cast<size_t>(index->as_int());
}

}  // namespace

void resolve(Node& root) { root = Resolver(root).resolved_root(); }

Resolver::Resolver(const Node& root) : root_(root) {
  root_frame_ = &frames_.emplace_back(Frame{&root_, nullptr, ""});
  frame_by_container_[&root_] = root_frame_;
}

std::string Resolver::full_key(const Ref& ref) const {
  std::string key = ref.key;
  for (const Frame* frame = ref.frame; frame != nullptr && frame->parent != nullptr;
       frame = frame->parent) {
    key = key.empty() ? frame->key : key[0] == '[' ? frame->key + key : frame->key + "." + key;
  }
  return key;
}

void Resolver::fail(const Ref& site, std::string what, std::string expected,
                    std::string todo) const {
  throw ConfigError(
      {.where = site.node != nullptr ? site.node->where(full_key(site)) : full_key(site),
       .what = std::move(what),
       .expected = std::move(expected),
       .todo = std::move(todo)});
}

const Resolver::Frame* Resolver::frame_of(const Ref& container) {
  const auto [entry, is_new] = frame_by_container_.try_emplace(container.node, nullptr);
  if (is_new)
    entry->second = &frames_.emplace_back(Frame{container.node, container.frame, container.key});
  return entry->second;
}

Resolver::Ref Resolver::make(Node node, const Ref& site, bool is_literal) {
  if (site.node != nullptr) node.set_location(site.node->location());
  return {&made_.emplace_back(std::move(node)), site.frame, site.key, is_literal};
}

Resolver::Ref Resolver::deref(const Ref& ref) {
  if (ref.is_literal || !is_interpolation(*ref.node)) return ref;
  if (const auto done = done_.find(ref.node); done != done_.end()) return done->second;
  if (!open_.insert(ref.node).second)
    fail(ref, fmt::format("{} refers back to itself", ref.node->describe()));
  struct Close {
    std::unordered_set<const Node*>& open;
    const Node* node;
    ~Close() { open.erase(node); }
  } close{open_, ref.node};
  if (open_.size() > kMaxSteps)
    fail(ref, fmt::format("more than {} interpolations lead from one to the next", kMaxSteps));
  const Ref value = evaluate(parse_template(ref.node->as_string()), ref);
  done_[ref.node] = value;
  return value;
}

Resolver::Ref Resolver::evaluate(const Template& parts, const Ref& site) {
  if (parts.size() == 1 && parts[0].interpolation) return follow(*parts[0].interpolation, site);
  std::string text;
  for (const TemplatePart& part : parts) {
    text += part.interpolation ? python_str(*follow(*part.interpolation, site).node) : part.text;
    if (text.size() > kMaxText) fail(site, "a text of more than 16 MiB");
  }
  return make(Node(std::move(text)), site, true);
}

std::string Resolver::path_text(const Template& path, const Ref& site) {
  std::string text;
  for (const TemplatePart& part : path) {
    if (!part.interpolation) {
      text += part.text;
      continue;
    }
    const Ref value = follow(*part.interpolation, site);
    if (!value.node->is_string()) {
      fail(site, fmt::format("an interpolation used as a name is {}", value.node->describe()),
           "a string");
    }
    text += value.node->as_string();
  }
  return text;
}

Resolver::Ref Resolver::follow(const Interpolation& interpolation, const Ref& site) {
  if (interpolation.is_call) {
    const std::string name = path_text(interpolation.path, site);
    Arguments arguments;
    for (const Element& argument : interpolation.arguments)
      arguments.push_back(element(argument, site, name == "oc.create"));
    return call(name, arguments, site);
  }
  const std::string written = path_text(interpolation.path, site);
  std::string path = written;
  const Frame* start = start_of(path, site.frame);
  if (start == nullptr) fail(site, fmt::format("'{}' goes up beyond the root", written));
  const std::optional<Ref> found = select_from(start, path, OnMissing::kThrow);
  if (!found) {
    std::vector<std::string> near;
    const std::vector<std::string> pieces = split_path(path);
    const Node* parent = start->container;
    for (size_t i = 0; i + 1 < pieces.size() && parent != nullptr; ++i)
      parent = parent->find(pieces[i]);
    const std::string nearest =
        parent == nullptr ? "" : nearest_name(pieces.back(), parent->keys());
    fail(site, fmt::format("interpolation key '{}' not found", written), "",
         nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest));
  }
  for (const Frame* frame = site.frame; frame != nullptr; frame = frame->parent) {
    if (frame->container == found->node)
      fail(site, fmt::format("'{}' leads to a node that holds the interpolation", written));
  }
  return *found;
}

// Leading dots: one is the container of the interpolation, each further one goes up.
const Resolver::Frame* Resolver::start_of(std::string& path, const Frame* frame) {
  if (path.empty() || path[0] != '.') {
    while (frame->parent != nullptr) frame = frame->parent;
    return frame;
  }
  path.erase(0, 1);
  while (frame != nullptr && !path.empty() && path[0] == '.') {
    path.erase(0, 1);
    frame = frame->parent;
  }
  return frame;
}

std::optional<Resolver::Ref> Resolver::child_of(const Ref& container, const std::string& key,
                                                OnMissing on_missing) {
  const Node* child = nullptr;
  std::string name = key;
  if (container.node->is_list()) {
    const std::optional<size_t> index = list_index(key);
    const Node::List& list = container.node->as_list();
    if (!index) fail(container, fmt::format("index '{}' into a list", key), "an integer");
    if (*index < list.size()) child = &list[*index];
    name = fmt::format("[{}]", key);
  } else {
    child = container.node->find(key);
  }
  if (child == nullptr) return std::nullopt;
  const Ref ref{child, frame_of(container), name, container.is_literal};
  if (child->is_missing() && on_missing == OnMissing::kThrow) {
    fail(ref, "is mandatory and still ???", "", "set " + full_key(ref) + "=...");
  }
  return ref;
}

// Empty: the last piece does not exist. So is a path through a value that is no container.
std::optional<Resolver::Ref> Resolver::select_from(const Frame* root, const std::string& path,
                                                   OnMissing on_missing) {
  Ref at{root->container, root->parent, root->key, false};
  if (path.empty()) return at;
  const std::vector<std::string> pieces = split_path(path);
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::optional<Ref> child = child_of(at, pieces[i], on_missing);
    if (!child) return std::nullopt;
    at = deref(*child);
    const bool is_last = i + 1 == pieces.size();
    if (!is_last && (!at.node->is_container() || at.is_literal)) return std::nullopt;
  }
  return at;
}

Resolver::Ref Resolver::element(const Element& value, const Ref& site, bool keep_interpolations) {
  switch (value.kind) {
    case Element::Kind::kScalar:
      return make(value.scalar, site, true);
    case Element::Kind::kTemplate:
      return evaluate(value.parts, site);
    case Element::Kind::kQuoted:
      return make(Node(python_str(*evaluate(value.parts, site).node)), site, true);
    case Element::Kind::kList:
    case Element::Kind::kMap:
      break;
  }
  const auto item = [&](const Element& e) {
    const Ref ref = element(e, site, keep_interpolations);
    return keep_interpolations ? *ref.node : materialize(ref);
  };
  if (value.kind == Element::Kind::kList) {
    Node::List list;
    for (const Element& e : value.items) list.push_back(item(e));
    return make(Node(std::move(list)), site, true);
  }
  Node::Map map;
  for (size_t i = 0; i < value.items.size(); ++i) {
    const std::string key = map_key(value.keys[i]);
    const auto old = std::find_if(map.begin(), map.end(),
                                  [&](const auto& entry) { return same_key(entry.first, key); });
    if (old != map.end()) {
      old->second = item(value.items[i]);
    } else {
      map.emplace_back(key, item(value.items[i]));
    }
  }
  return make(Node(std::move(map)), site, true);
}

Node Resolver::materialize(const Ref& ref) {
  if (++num_values_ > kMaxValues)
    fail(ref, "more than a million values after resolving the interpolations");
  const Ref value = deref(ref);
  if (!value.node->is_container()) {
    Node node = *value.node;
    node.set_location(ref.node->location());
    return node;
  }
  if (value.is_literal) return *value.node;
  if (!materializing_.insert(value.node).second) fail(ref, "the value contains itself");
  struct Close {
    std::unordered_set<const Node*>& open;
    const Node* node;
    ~Close() { open.erase(node); }
  } close{materializing_, value.node};
  if (materializing_.size() > kMaxSteps)
    fail(ref, fmt::format("more than {} levels of nesting", kMaxSteps));
  const Frame* frame = frame_of(value);
  Node result;
  if (value.node->is_list()) {
    Node::List list;
    list.reserve(value.node->as_list().size());
    for (const Node& item : value.node->as_list()) {
      list.push_back(materialize({&item, frame, fmt::format("[{}]", list.size()), false}));
    }
    result = Node(std::move(list));
  } else {
    Node::Map map;
    map.reserve(value.node->as_map().size());
    for (const auto& [key, child] : value.node->as_map())
      map.emplace_back(key, materialize({&child, frame, key, false}));
    result = Node(std::move(map));
  }
  result.set_location(value.node->location());
  return result;
}

Node Resolver::resolved_root() { return materialize({&root_, nullptr, "", false}); }

Node Resolver::resolved_child(std::string_view key) {
  return materialize({&root_.at(key), root_frame_, std::string(key), false});
}

std::optional<Node> Resolver::select(std::string_view path) {
  std::string rest(path);
  const Frame* start = start_of(rest, root_frame_);
  if (start == nullptr) return std::nullopt;
  const std::optional<Ref> found = select_from(start, rest, OnMissing::kThrow);
  if (!found) return std::nullopt;
  return materialize(*found);
}

std::optional<Node> Resolver::peek(std::string_view path) {
  const std::optional<Ref> found = select_from(root_frame_, std::string(path), OnMissing::kKeep);
  if (!found || found->node->is_missing()) return std::nullopt;
  return *found->node;
}

std::optional<Node> Resolver::target_of(const std::vector<std::string>& path) {
  try {
    Ref at{&root_, nullptr, "", false};
    for (const std::string& key : path) {
      const std::optional<Ref> child = child_of(deref(at), key, OnMissing::kKeep);
      if (!child) return std::nullopt;
      at = *child;
    }
    return *deref(at).node;
  } catch (const ConfigError&) {
    return std::nullopt;
  }
}

Node Resolver::resolve_text(const std::string& text) {
  Node holder = Node::map();
  holder.set("value", Node(text));
  const Ref container = {&made_.emplace_back(std::move(holder)), root_frame_, "", false};
  return materialize({container.node->find("value"), frame_of(container), "", false});
}

}  // namespace twinset
