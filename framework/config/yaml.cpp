#include "framework/config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <deque>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "framework/config/interpolation_parser.h"
#include "framework/config/scalar.h"
#include "framework/config/yaml_text.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr size_t kMaxNodes =
    1'000'000;  // aliases of aliases can write out billions of nodes in a few lines

// A node as written: tags, anchors and merge keys are not worked in yet.
struct RawNode {
  enum class Kind { kScalar, kList, kMap } kind = Kind::kScalar;
  std::string tag;  // "?" plain, "!" quoted
  std::string text;
  std::vector<RawNode*> children;  // of a map: key, value, key, value
  YAML::Mark mark;
  bool is_block = false;  // a list or map that is not written in brackets
};

class RawBuilder : public YAML::EventHandler {
 public:
  explicit RawBuilder(const std::string& text) : text_(text) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(RawNode::Kind::kScalar, mark, "?", anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RawNode* target = anchors_.at(anchor);
    for (const RawNode* open : open_) {
      if (open == target) throw YAML::ParserException(mark, "an alias to a node that holds it");
    }
    attach(target);
  }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    static constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (name.find_first_not_of(kAllowed) == std::string::npos) return;
    throw YAML::ParserException(
        mark,
        fmt::format("the anchor '&{}' has other characters than letters, digits, - and _", name));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    RawNode* node = add(RawNode::Kind::kScalar, mark, tag, anchor);
    node->text = tag == "?"     ? text
                 : text.empty() ? folded_blank(text_, static_cast<size_t>(mark.pos))
                                : repaired_escapes(text);
    if (tag != "?") last_quoted_ = node;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open_.push_back(add(RawNode::Kind::kList, mark, tag, anchor));
    open_.back()->is_block = style == YAML::EmitterStyle::Block;
  }
  void OnSequenceEnd() override {
    for (const RawNode* item : open_.back()->children) {
      const auto at = static_cast<size_t>(item->mark.pos);
      if (open_.back()->is_block || item->kind != RawNode::Kind::kScalar || item->tag != "?" ||
          text_.substr(at, 1) != ",")
        continue;
      throw YAML::ParserException(item->mark, "an empty item");
    }
    open_.pop_back();
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open_.push_back(add(RawNode::Kind::kMap, mark, tag, anchor));
    open_.back()->is_block = style == YAML::EmitterStyle::Block;
  }
  void OnMapEnd() override {
    if (open_.back()->is_block) check_colons(*open_.back());
    open_.pop_back();
  }

  RawNode* root() const { return root_; }
  /// The last scalar that may be quoted: the only one that can lack its closing quote, which
  /// yaml-cpp lets pass.
  const RawNode* last_quoted() const { return last_quoted_; }

 private:
  RawNode* add(RawNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
               YAML::anchor_t anchor) {
    RawNode& node = nodes_.emplace_back();
    node.kind = kind;
    node.tag = tag;
    node.mark = mark;
    if (anchor != 0) anchors_[anchor] = &node;
    attach(&node);
    return &node;
  }
  // yaml-cpp takes a line without a colon for a key without a value, and a value from a line that
  // is not indented.
  void check_colons(const RawNode& map) const {
    for (size_t i = 0; i + 1 < map.children.size(); i += 2) {
      const RawNode& key = *map.children[i];
      const RawNode& value = *map.children[i + 1];
      if (is_marked_key(text_, static_cast<size_t>(key.mark.pos))) continue;
      const bool is_block_list = value.kind == RawNode::Kind::kList && value.is_block;
      const bool is_written =
          value.kind != RawNode::Kind::kScalar || value.tag != "?" || !value.text.empty();
      if (is_written && !is_block_list && value.mark.line > key.mark.line &&
          value.mark.column <= key.mark.column) {
        throw YAML::ParserException(value.mark, "a ':' is missing, or the line is not indented");
      }
      const bool may_lack =
          value.kind == RawNode::Kind::kScalar && value.tag == "?" && value.text.empty();
      if (!may_lack || key.kind != RawNode::Kind::kScalar || (key.tag == "?" && key.text.empty()))
        continue;
      if (has_colon(text_, static_cast<size_t>(key.mark.pos), key.text)) continue;
      throw YAML::ParserException(key.mark,
                                  fmt::format("'{}' stands alone: a ':' is missing", key.text));
    }
  }
  void attach(RawNode* node) {
    if (open_.empty()) {
      root_ = node;
    } else {
      open_.back()->children.push_back(node);
    }
  }

  const std::string& text_;
  std::deque<RawNode> nodes_;
  std::vector<RawNode*> open_;
  std::unordered_map<YAML::anchor_t, RawNode*> anchors_;
  RawNode* root_ = nullptr;
  const RawNode* last_quoted_ = nullptr;
};

class Constructor {
 public:
  explicit Constructor(const std::string& name) : name_(name) {}

  // A lone string is a key: nothing in it is an interpolation.
  Node construct_document(const RawNode& raw) {
    is_lone_ = raw.kind == RawNode::Kind::kScalar;
    return construct(raw);
  }

  Node construct(const RawNode& raw) {
    if (++num_nodes_ > kMaxNodes)
      fail(raw, "more than a million values after writing out the aliases");
    Node node = raw.kind == RawNode::Kind::kScalar ? scalar(raw)
                : raw.kind == RawNode::Kind::kList ? list(raw)
                                                   : map(raw);
    node.set_location(location(raw));
    return node;
  }

 private:
  Location location(const RawNode& raw) const {
    return {name_, raw.mark.line + 1, raw.mark.column + 1};
  }

  [[noreturn]] void fail(const RawNode& raw, std::string what, std::string expected = "",
                         std::string todo = "") const {
    throw ConfigError({.where = fmt::format("{}:{}", name_, raw.mark.line + 1),
                       .what = std::move(what),
                       .expected = std::move(expected),
                       .todo = std::move(todo)});
  }

  // "int" for !!int; "" for untagged nodes.
  std::string_view tag(const RawNode& raw) const {
    if (raw.tag == "?" || raw.tag == "!" || raw.tag.empty()) return "";
    const std::string_view text = raw.tag;
    if (text.substr(0, kTagPrefix.size()) == kTagPrefix) return text.substr(kTagPrefix.size());
    fail(raw, fmt::format("unknown tag '{}'", raw.tag), "a tag of YAML itself, such as !!str");
  }

  Node scalar(const RawNode& raw) const {
    const std::string_view type = tag(raw);
    Node node;
    try {
      if (raw.tag == "?" && (raw.text == "=" || raw.text == "<<"))
        fail(raw, fmt::format("a lone '{}'", raw.text), "quotes around it");
      if (type.empty() && raw.tag == "?")
        node = plain_scalar(raw.text);
      else if (type.empty() || type == "str")
        node = string_scalar(raw.text);
      else if (type == "int")
        node = int_scalar(raw.text);
      else if (type == "float")
        node = float_scalar(raw.text);
      else if (type == "bool")
        node = tagged_bool(raw);
      else if (type == "binary")
        node = Node::bytes(base64_decode(raw.text));
      else if (type != "null")
        fail(raw, fmt::format("'!!{}' on a scalar", type));
    } catch (const ConfigError& error) {
      if (!error.parts().where.empty()) throw;
      fail(raw, error.parts().what, error.parts().expected);
    }
    if (node.is_string() && has_interpolation(node.as_string()) && !is_lone_) {
      try {
        check_interpolation(node.as_string());
      } catch (const ConfigError& error) {
        fail(raw, error.parts().what, error.parts().expected, error.parts().todo);
      }
    }
    return node;
  }

  Node tagged_bool(const RawNode& raw) const {
    std::string text = raw.text;
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (text == "yes" || text == "true" || text == "on") return Node(true);
    if (text == "no" || text == "false" || text == "off") return Node(false);
    fail(raw, fmt::format("'{}'", raw.text), "true or false");
  }

  Node list(const RawNode& raw) {
    const std::string_view type = tag(raw);
    const bool is_pairs = type == "omap" || type == "pairs";
    if (!type.empty() && type != "seq" && !is_pairs)
      fail(raw, fmt::format("'!!{}' on a list", type), "a plain list");
    Node::List items;
    items.reserve(raw.children.size());
    for (const RawNode* child : raw.children)
      items.push_back(is_pairs ? pair(*child) : construct(*child));
    return Node(std::move(items));
  }

  // An entry of !!omap and !!pairs, `key: value`, is a list of two.
  Node pair(const RawNode& raw) {
    if (raw.kind != RawNode::Kind::kMap || raw.children.size() != 2)
      fail(raw, "an entry of !!omap", "one 'key: value'");
    return Node(Node::List{construct(*raw.children[0]), construct(*raw.children[1])});
  }

  static bool is_merge_key(const RawNode& key) {
    return key.kind == RawNode::Kind::kScalar && key.tag == "?" && key.text == "<<";
  }

  void check_duplicates(const RawNode& raw) const {
    std::unordered_map<std::string_view, const RawNode*> seen;
    for (size_t i = 0; i + 1 < raw.children.size(); i += 2) {
      const RawNode& key = *raw.children[i];
      if (key.kind != RawNode::Kind::kScalar || is_merge_key(key)) continue;
      if (key.tag == "?" && !plain_scalar(key.text).is_string()) continue;
      const auto [first, is_new] = seen.emplace(key.text, &key);
      if (is_new) continue;
      fail(key, fmt::format("duplicate key '{}'", key.text), "",
           fmt::format("it stands in line {} already", first->second->mark.line + 1));
    }
  }

  // The pairs of a map with its merge keys written out: merged pairs come first, so that the map's
  // own win.
  void flatten(const RawNode& raw, std::vector<const RawNode*>& pairs) {
    check_duplicates(raw);
    for (size_t i = 0; i + 1 < raw.children.size(); i += 2) {
      if (!is_merge_key(*raw.children[i])) continue;
      const RawNode& value = *raw.children[i + 1];
      if (value.kind == RawNode::Kind::kMap) {
        flatten(value, pairs);
      } else if (value.kind == RawNode::Kind::kList) {
        for (auto item = value.children.rbegin(); item != value.children.rend(); ++item) {
          if ((*item)->kind != RawNode::Kind::kMap)
            fail(value, "'<<' merges a list of other things than maps", "maps");
          flatten(**item, pairs);
        }
      } else {
        fail(value, fmt::format("'<<' merges '{}'", value.text), "a map or a list of maps");
      }
    }
    for (size_t i = 0; i + 1 < raw.children.size(); i += 2) {
      if (is_merge_key(*raw.children[i])) continue;
      pairs.push_back(raw.children[i]);
      pairs.push_back(raw.children[i + 1]);
    }
    if (pairs.size() > kMaxNodes)
      fail(raw, "more than a million values after writing out the merge keys");
  }

  std::string key_of(const RawNode& raw) const {
    if (raw.kind != RawNode::Kind::kScalar) fail(raw, "a list or a map as a key", "a scalar key");
    const std::string_view type = tag(raw);
    Node key;
    if (type.empty() || type == "str")
      key = raw.tag == "?" && raw.text != "???" ? plain_scalar(raw.text) : Node(raw.text);
    else
      key = scalar(raw);
    if (key.is_null()) fail(raw, "null as a key", "a string, a number or a boolean");
    return map_key(key);
  }

  Node map(const RawNode& raw) {
    const std::string_view type = tag(raw);
    if (!type.empty() && type != "map")
      fail(raw, fmt::format("'!!{}' on a map", type), "a plain map");
    std::vector<const RawNode*> pairs;
    pairs.reserve(raw.children.size());
    flatten(raw, pairs);
    Node::Map entries;
    entries.reserve(pairs.size() / 2);
    for (size_t i = 0; i < pairs.size(); i += 2) {
      std::string key = key_of(*pairs[i]);
      Node value = construct(*pairs[i + 1]);
      Node* old = find_equal(entries, key);
      if (old != nullptr) {
        *old = std::move(value);
      } else {
        entries.emplace_back(std::move(key), std::move(value));
      }
    }
    return Node(std::move(entries));
  }

  static Node* find_equal(Node::Map& entries, const std::string& key) {
    for (auto& [name, value] : entries) {
      if (same_key(name, key)) return &value;
    }
    return nullptr;
  }

  const std::string& name_;
  size_t num_nodes_ = 0;
  bool is_lone_ = false;
};

Node load_document(const std::string& text, const std::string& name) {
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    RawBuilder builder(text);
    if (!parser.HandleNextDocument(builder) || builder.root() == nullptr) return Node();
    if (const RawNode* quoted = builder.last_quoted();
        quoted != nullptr && !is_quote_closed(text, static_cast<size_t>(quoted->mark.pos))) {
      throw YAML::ParserException(quoted->mark, "a quote is not closed");
    }
    Node node = Constructor(name).construct_document(*builder.root());
    RawBuilder second(text);
    if (parser.HandleNextDocument(second)) {
      throw ConfigError(
          {.where = name, .what = "holds a second document", .expected = "one document"});
    }
    return node;
  } catch (const YAML::Exception& error) {
    throw ConfigError({.where = fmt::format("{}:{}", name, error.mark.line + 1),
                       .what = fmt::format("{} (column {})", error.msg, error.mark.column + 1),
                       .expected = "valid YAML"});
  }
}

}  // namespace

Node load_yaml(std::string_view text, const std::string& name) {
  const std::string clean = move_tagged_blocks(clean_yaml_text(text, name));
  Node node = load_document(clean, name);
  if (node.is_missing() || (node.is_string() && !node.is_bytes())) {
    Node::Map entries;
    entries.emplace_back(node.is_missing() ? "???" : node.as_string(), Node());
    const Location location = node.location();
    node = Node(std::move(entries));
    node.set_location(location);
  }
  if (node.is_null()) {
    node = Node::map();
    node.set_location({name, 1, 1});
  }
  if (!node.is_map() && !node.is_list()) {
    throw ConfigError({.where = node.where(""),
                       .what = "the document is " + node.describe(),
                       .expected = "a map or a list"});
  }
  return node;
}

Node load_yaml_file(const std::filesystem::path& path) {
  return load_yaml(read_file(path), path.string());
}

}  // namespace twinset
