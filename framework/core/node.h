// The tree that a configuration is once it is composed: null, missing, bool, integer, float,
// string, list or map, each with the place it came from. The config language produces it, typed
// options are read from it.
// Two rare values of YAML ride along: integers beyond 64 bits (kind kInt) and binary data (kind
// kString).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace twinset {

/// Where a value was written: a file (or "override") with its line and column, both counted from 1;
/// 0 if unknown.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
};

/// One value of a configuration tree.
class Node {
 public:
  enum class Kind { kNull, kMissing, kBool, kInt, kFloat, kString, kList, kMap };
  using List = std::vector<Node>;
  using Map =
      std::vector<std::pair<std::string, Node>>;  ///< in the order of writing; keys are unique

  Node() = default;
  Node(bool value) : value_(value) {}
  Node(int value) : value_(static_cast<int64_t>(value)) {}
  Node(int64_t value) : value_(value) {}
  Node(double value) : value_(value) {}
  Node(const char* value) : value_(std::string(value)) {}
  Node(std::string value) : value_(std::move(value)) {}
  Node(List value) : value_(std::move(value)) {}
  Node(Map value) : value_(std::move(value)) {}
  static Node missing();                    ///< the mandatory value `???`
  static Node big_int(std::string digits);  ///< an integer from its decimal digits, of any size
  static Node bytes(std::string data);      ///< binary data (YAML's !!binary)
  static Node map() { return Node(Map{}); }
  static Node list() { return Node(List{}); }

  Kind kind() const;
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_missing() const { return kind() == Kind::kMissing; }
  bool is_bool() const { return kind() == Kind::kBool; }
  bool is_int() const { return kind() == Kind::kInt; }
  bool is_float() const { return kind() == Kind::kFloat; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_list() const { return kind() == Kind::kList; }
  bool is_map() const { return kind() == Kind::kMap; }
  bool is_container() const { return is_list() || is_map(); }

  bool as_bool() const { return std::get<bool>(value_); }
  /// @throws ConfigError if the integer does not fit 64 bits
  int64_t as_int() const;
  double as_float() const { return std::get<double>(value_); }
  const std::string& as_string() const;
  bool is_big_int() const { return std::holds_alternative<BigInt>(value_); }
  bool is_bytes() const { return std::holds_alternative<Bytes>(value_); }
  std::string int_text() const;  ///< the decimal digits of an integer of any size
  const List& as_list() const { return std::get<List>(value_); }
  List& as_list() { return std::get<List>(value_); }
  const Map& as_map() const { return std::get<Map>(value_); }
  Map& as_map() { return std::get<Map>(value_); }

  /// The child of a map, or null if there is none (or this is no map).
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  /// The child of a map. @throws ConfigError naming the known keys and the nearest.
  const Node& at(std::string_view key) const;
  /// The value at a dotted path such as "trainer.steps", or null.
  const Node* find_path(std::string_view dotted_path) const;
  /// Adds or replaces a child; a null node becomes a map.
  Node& set(std::string_view key, Node value);
  /// The same at a dotted path, making maps on the way.
  Node& set_path(std::string_view dotted_path, Node value);
  bool erase(std::string_view key);
  std::vector<std::string> keys() const;

  const Location& location() const { return location_; }
  void set_location(Location location) { location_ = std::move(location); }
  /// "file:line: key", or the parts that are known.
  std::string where(std::string_view key) const;

  /// "a map", "the string 'x'", "the number 3": how messages name a value.
  std::string describe() const;
  static const char* kind_name(Kind kind);

  /// Equal in value and kind; locations and the order of keys do not count.
  friend bool operator==(const Node& a, const Node& b);

 private:
  struct Missing {
    bool operator==(const Missing&) const { return true; }
  };
  struct BigInt {
    std::string digits;
    bool operator==(const BigInt&) const = default;
  };
  struct Bytes {
    std::string data;
    bool operator==(const Bytes&) const = default;
  };
  std::variant<std::monostate, Missing, bool, int64_t, double, std::string, List, Map, BigInt,
               Bytes>
      value_;
  Location location_;
};

/// A map's key that is no string in YAML (1, 2.5, true, or binary) as the string that stands for it
/// in Node::Map: it starts with a byte that no text has, so it never equals a string key. A string
/// scalar gives itself.
std::string map_key(const Node& scalar);
/// The scalar that a key of Node::Map stands for.
Node map_key_value(std::string_view key);

/// JSON of a tree (missing becomes "???"), and back. Used for saved configs, manifests and digests.
nlohmann::ordered_json to_json(const Node& node);
Node from_json(const nlohmann::ordered_json& json);

/// YAML text of a tree, as OmegaConf prints it: block style, two spaces, strings quoted where YAML
/// needs it.
std::string to_yaml(const Node& node);

/// A float as the shortest text that reads back as the same double, always with '.', 'e', "inf" or
/// "nan" in it.
std::string float_text(double value);

/// 16 hexadecimal digits that identify the tree's content (keys sorted): equal trees, equal digest.
std::string digest(const Node& node);

}  // namespace twinset
