// Typed options: a plain struct with one field list, `visit`, that serves five uses: reading YAML
// strictly, naming unknown keys, --help, the saved config, and the checkpoint.
//
//   struct InfoNceOptions {
//     double temperature = 0.07;
//     template <class V> void visit(V&& v) {
//       v("temperature", temperature, Field{.help = "softmax temperature at the start", .above =
//         0});
//     }
//   };
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/node.h"

namespace twinset {

/// What a field list says of one option beside its name and its default.
struct Field {
  std::string help;                       ///< one line; why this default, where a reader would ask
  std::string unit = "";                  ///< "pixels", "steps", "samples"; empty for pure numbers
  std::optional<double> min = {};         ///< smallest allowed value
  std::optional<double> max = {};         ///< largest allowed value
  std::optional<double> above = {};       ///< the value must be greater than this
  std::vector<std::string> choices = {};  ///< allowed strings; empty: any
};

/// One option as --help shows it.
struct FieldInfo {
  std::string name;  ///< dotted for nested structs
  std::string type;
  Node default_value;
  Field field;
};

/// Option structs have `visit`.
template <class T>
concept OptionStruct = requires(T t) {
  t.visit([](auto&&...) {});
};

namespace options_detail {

/// Reads one scalar strictly; an integer is accepted where a float is expected, nothing else is
/// converted.
void read_value(const Node& node, const std::string& where, const Field& field, bool& value);
void read_value(const Node& node, const std::string& where, const Field& field, int64_t& value);
void read_value(const Node& node, const std::string& where, const Field& field, double& value);
void read_value(const Node& node, const std::string& where, const Field& field, std::string& value);
void read_value(const Node& node, const std::string& where, const Field& field, Node& value);
[[noreturn]] void wrong_kind(const Node& node, const std::string& where, std::string_view expected);
void check_map(const Node& node, const std::string& path);
void check_known(const Node& node, const std::string& path, const std::vector<std::string>& known);
std::string join_path(const std::string& path, std::string_view key);

inline void read_value(const Node& node, const std::string& where, const Field& field, int& value) {
  int64_t wide = 0;
  Field narrow = field;
  if (!narrow.min) narrow.min = std::numeric_limits<int>::min();
  if (!narrow.max) narrow.max = std::numeric_limits<int>::max();
  read_value(node, where, narrow, wide);
  value = static_cast<int>(wide);
}

template <class T>
void read_value(const Node& node, const std::string& where, const Field& field,
                std::vector<T>& value) {
  if (!node.is_list()) wrong_kind(node, where, "a list");
  value.clear();
  for (size_t i = 0; i < node.as_list().size(); ++i) {
    T item{};
    read_value(node.as_list()[i], fmt::format("{}[{}]", where, i), field, item);
    value.push_back(std::move(item));
  }
}

template <class T>
void read_value(const Node& node, const std::string& where, const Field& field,
                std::optional<T>& value) {
  if (node.is_null()) {
    value.reset();
  } else {
    read_value(node, where, field, value.emplace());
  }
}

template <OptionStruct T>
void read_struct(const Node& node, const std::string& path,
                 const std::vector<std::string>& also_known, T& options) {
  check_map(node, path);
  std::vector<std::string> known = also_known;
  options.visit([&](std::string_view name, auto& member, const Field& field) {
    known.emplace_back(name);
    const Node* child = node.find(name);
    if (child == nullptr) return;
    const std::string child_path = join_path(path, name);
    if constexpr (OptionStruct<std::remove_reference_t<decltype(member)>>) {
      read_struct(*child, child_path, {}, member);
    } else {
      read_value(*child, child_path, field, member);
    }
  });
  check_known(node, path, known);
}

inline Node value_node(bool v) { return Node(v); }
inline Node value_node(int v) { return Node(v); }
inline Node value_node(int64_t v) { return Node(v); }
inline Node value_node(double v) { return Node(v); }
inline Node value_node(const std::string& v) { return Node(v); }
inline Node value_node(const Node& v) { return v; }
template <class T>
Node value_node(const std::vector<T>& values) {
  Node::List list;
  for (const T& v : values) list.push_back(value_node(v));
  return Node(std::move(list));
}
template <class T>
Node value_node(const std::optional<T>& v) {
  return v ? value_node(*v) : Node();
}

inline std::string type_name(const bool&) { return "bool"; }
inline std::string type_name(const int&) { return "int"; }
inline std::string type_name(const int64_t&) { return "int"; }
inline std::string type_name(const double&) { return "float"; }
inline std::string type_name(const std::string&) { return "str"; }
inline std::string type_name(const Node&) { return "any"; }
template <class T>
std::string type_name(const std::vector<T>&) {
  return "list[" + type_name(T{}) + "]";
}
template <class T>
std::string type_name(const std::optional<T>&) {
  return type_name(T{}) + " or null";
}

template <OptionStruct T>
void describe_struct(T& options, const std::string& prefix, std::vector<FieldInfo>& out) {
  options.visit([&](std::string_view name, auto& member, const Field& field) {
    const std::string path = join_path(prefix, name);
    if constexpr (OptionStruct<std::remove_reference_t<decltype(member)>>) {
      describe_struct(member, path, out);
    } else {
      out.push_back({path, type_name(member), value_node(member), field});
    }
  });
}

}  // namespace options_detail

/// Reads an options struct from a map, strictly: an unknown key, a wrong type or a value out of
/// range is an error with file, line, key and the nearest known key. Absent keys keep their
/// defaults; a null node means all defaults.
///
/// @param path        the dotted path of `node`, for messages
/// @param also_known  keys of the map that somebody else reads, such as "name"
/// @throws ConfigError
template <OptionStruct T>
T read_options(const Node& node, const std::string& path,
               const std::vector<std::string>& also_known = {}) {
  T options;
  if (!node.is_null()) options_detail::read_struct(node, path, also_known, options);
  return options;
}

/// The struct as a tree: what a saved config holds.
template <OptionStruct T>
Node options_to_node(T options) {
  Node node = Node::map();
  options.visit([&](std::string_view name, auto& member, const Field&) {
    if constexpr (OptionStruct<std::remove_reference_t<decltype(member)>>) {
      node.set(name, options_to_node(member));
    } else {
      node.set(name, options_detail::value_node(member));
    }
  });
  return node;
}

/// Every field with type, default, unit and help; nested structs by dotted names.
template <OptionStruct T>
std::vector<FieldInfo> describe_options() {
  T options;
  std::vector<FieldInfo> fields;
  options_detail::describe_struct(options, "", fields);
  return fields;
}

/// A table of options for --help: name, type, default, unit, help.
std::string help_text(const std::vector<FieldInfo>& fields);

/// The string at `node.name`. @throws ConfigError if there is none.
std::string required_name(const Node& node, const std::string& kind,
                          const std::vector<std::string>& known);

}  // namespace twinset
