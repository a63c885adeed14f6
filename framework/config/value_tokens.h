// The tokens that unquoted values are made of, the same in overrides and in the arguments of
// interpolations: words, numbers, keywords, escapes, a few free characters. Several of them in a
// row are one string.
#pragma once

#include <string>
#include <string_view>

#include "framework/core/node.h"

namespace twinset {

struct ValueToken {
  enum class Type { kNone, kFloat, kInt, kBool, kNull, kFree, kWord, kEscape, kSpace };
  Type type = Type::kNone;
  std::string_view text;
};

/// The longest token at the start of `text`; type kNone if none begins there.
ValueToken value_token(std::string_view text);

/// The value of a token that stands alone: `1_000` is an integer, `TRUE` a boolean, `\,` the string
/// ",".
Node token_value(const ValueToken& token);

/// The token's part of a longer string: escapes lose their backslash, everything else is taken as
/// written.
std::string token_text(const ValueToken& token);

/// Every second character: what remains of a run of escapes.
std::string unescaped(std::string_view escapes);

/// The length of the name (a letter or '_', then letters, digits, '_' and '-') at the start of
/// `text`, 0 if none.
size_t word_length(std::string_view text);
/// The length of 0, or of digits without a leading zero, with single '_' between them.
size_t unsigned_length(std::string_view text);
/// The number of spaces and tabs at the start of `text`.
size_t space_length(std::string_view text);

}  // namespace twinset
