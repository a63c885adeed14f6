// How a plain YAML scalar is typed: YAML 1.1 as OmegaConf reads it (no dates, `1e3` is a float,
// `yes` is true).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "framework/core/node.h"

namespace twinset {

/// The value of a plain scalar: null, bool, integer, float or string; `???` gives the missing
/// value.
Node plain_scalar(std::string_view text);

/// The value of text under an explicit tag such as `!!int`. @throws ConfigError if the text does
/// not fit the tag.
Node int_scalar(std::string_view text);
Node float_scalar(std::string_view text);

/// A quoted string, or a plain one known to be a string: `???` gives the missing value.
Node string_scalar(std::string text);

/// True for text that holds an interpolation, escaped ones included.
inline bool has_interpolation(std::string_view text) {
  return text.find("${") != std::string_view::npos;
}

/// A float from text such as "1_000.5", "inf", "-NaN" or "1e-3": what Python's float() reads.
std::optional<double> parse_float(std::string_view text);
/// An integer of any size from text such as "-1_000": what Python's int() reads.
std::optional<Node> parse_int(std::string_view text);

/// True if two keys of a map are one and the same to Python: equal text, or equal numbers (1, 1.0
/// and true are).
bool same_key(const std::string& a, const std::string& b);

}  // namespace twinset
