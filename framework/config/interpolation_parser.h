// The syntax of interpolations: "${a.b}", "${..rel[0]}", "${oc.env:HOME,'x'}", text around them,
// nesting, escapes. Parsing only; `interpolation.h` gives them their values.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/node.h"

namespace twinset {

struct Interpolation;

/// A piece of a string: text as it is, or an interpolation.
struct TemplatePart {
  std::string text;
  std::unique_ptr<Interpolation> interpolation;
};
using Template = std::vector<TemplatePart>;

/// A value among the arguments of a resolver.
struct Element {
  enum class Kind { kScalar, kTemplate, kQuoted, kList, kMap };
  Kind kind = Kind::kScalar;
  Node scalar;
  Template parts;              ///< of kTemplate and kQuoted (always a string)
  std::vector<Element> items;  ///< of kList, and the values of kMap
  std::vector<Node> keys;      ///< of kMap
};

/// "${...}": a path to another node, or a call of a resolver.
struct Interpolation {
  bool is_call = false;
  Template path;  ///< the path's pieces, dots and brackets included; or the resolver's name, dots
                  ///< included
  std::vector<Element> arguments;
};

/// The pieces of a string with interpolations. @throws ConfigError naming the column where the
/// syntax breaks
Template parse_template(std::string_view text);

/// The one value that `text` is, as oc.decode reads it. @throws ConfigError
Element parse_element(std::string_view text);

/// Throws what `parse_template` throws.
void check_interpolation(std::string_view text);

/// The pieces of a dotted path with brackets: "a.b[0]" is a, b, 0; a leading dot gives an empty
/// first piece.
std::vector<std::string> split_path(std::string_view path);

}  // namespace twinset
