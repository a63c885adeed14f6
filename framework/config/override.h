// One override: "a.b=1", "+db@src=mysql", "~optim", "lr=range(0,1,0.1)": its syntax tree, before it
// is applied.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/node.h"

namespace twinset {

/// What stands behind '=': a scalar, a quoted string, a list, a map, or a sweep over several
/// values.
struct OverrideValue {
  enum class Kind { kScalar, kQuoted, kList, kMap, kChoice, kRange, kInterval, kGlob };
  Kind kind = Kind::kScalar;
  Node scalar;                       ///< of kScalar, and the unescaped string of kQuoted
  char quote = '\'';                 ///< of kQuoted
  std::vector<OverrideValue> items;  ///< of kList and kChoice, and the values of kMap
  std::vector<Node> keys;            ///< of kMap
  bool is_simple_choice = false;     ///< `a,b` rather than choice(a,b)
  bool is_shuffled = false;
  std::set<std::string> tags;
  Node start, stop, step;                     ///< of kRange and kInterval (start and stop)
  std::vector<std::string> include, exclude;  ///< of kGlob

  bool is_sweep() const { return kind >= Kind::kChoice; }
  /// The value as a tree; quotes are gone. Not for sweeps.
  Node to_node() const;
};

struct Override {
  enum class Type { kChange, kAdd, kForceAdd, kDelete };
  Type type = Type::kChange;
  std::string key;                     ///< "a.b" or "group/sub"
  std::optional<std::string> package;  ///< behind '@'; empty text is the root
  std::optional<OverrideValue> value;  ///< absent only for `~key`
  std::string text;                    ///< as written
  size_t value_column = 0;             ///< where the value begins in `text`, from 0

  bool is_sweep() const { return value && value->is_sweep(); }
  /// "group@package", or the key alone.
  std::string key_with_package() const { return package ? key + "@" + *package : key; }
  /// The same with its prefix: "+", "++" or "~".
  std::string key_element() const;
};

/// @throws ConfigError with a caret below the column where the syntax breaks, or naming the
/// function that refuses
///         its arguments
Override parse_override(std::string_view text);

/// The text that parses back to the value: strings are escaped, numbers as Python writes them. Not
/// for sweeps.
std::string override_text(const OverrideValue& value);

/// Throws a ConfigError about an override: "override 'a=[1': what, expected ...", then the override
/// and a caret.
[[noreturn]] void throw_override_error(std::string_view text, size_t column, std::string what,
                                       std::string expected = "", std::string todo = "");

}  // namespace twinset
