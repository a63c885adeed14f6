#include "framework/config/value_tokens.h"

#include <algorithm>

#include "framework/config/scalar.h"

namespace twinset {
namespace {

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// DIGIT ('_'? DIGIT)*
size_t digits_length(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (is_decimal(text[at])) {
      ++at;
    } else if (at > 0 && text[at] == '_' && at + 1 < text.size() && is_decimal(text[at + 1])) {
      at += 2;
    } else {
      break;
    }
  }
  return at;
}

bool starts_with_word(std::string_view text, std::string_view lower_word) {
  return text.size() >= lower_word.size() &&
         std::equal(lower_word.begin(), lower_word.end(), text.begin(), [](char w, char c) {
           return w == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
         });
}

size_t sign_length(std::string_view text) {
  return !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
}

size_t float_length(std::string_view text) {
  const size_t sign = sign_length(text);
  const std::string_view rest = text.substr(sign);
  if (starts_with_word(rest, "inf") || starts_with_word(rest, "nan")) return sign + 3;
  const size_t whole = unsigned_length(rest);
  size_t at = whole;
  bool is_float = false;
  if (at < rest.size() && rest[at] == '.') {
    const size_t fraction = digits_length(rest.substr(at + 1));
    if (whole > 0 || fraction > 0) {
      at += 1 + fraction;
      is_float = true;
    }
  }
  if (at > 0 && at < rest.size() && (rest[at] == 'e' || rest[at] == 'E')) {
    const size_t exponent_sign = sign_length(rest.substr(at + 1));
    const size_t exponent = digits_length(rest.substr(at + 1 + exponent_sign));
    if (exponent > 0) {
      at += 1 + exponent_sign + exponent;
      is_float = true;
    }
  }
  return is_float ? sign + at : 0;
}

size_t int_length(std::string_view text) {
  const size_t sign = sign_length(text);
  const size_t digits = unsigned_length(text.substr(sign));
  return digits == 0 ? 0 : sign + digits;
}

size_t escape_length(std::string_view text) {
  size_t at = 0;
  while (at + 1 < text.size() && text[at] == '\\' &&
         std::string_view("\\()[]{}:=, \t").find(text[at + 1]) != std::string_view::npos) {
    at += 2;
  }
  return at;
}

}  // namespace

size_t word_length(std::string_view text) {
  if (text.empty() || !is_letter(text[0])) return 0;
  size_t at = 1;
  while (at < text.size() && (is_letter(text[at]) || is_decimal(text[at]) || text[at] == '-')) ++at;
  return at;
}

size_t unsigned_length(std::string_view text) {
  if (text.empty() || !is_decimal(text[0])) return 0;
  return text[0] == '0' ? 1 : digits_length(text);
}

size_t space_length(std::string_view text) {
  return std::min(text.find_first_not_of(" \t"), text.size());
}

ValueToken value_token(std::string_view text) {
  ValueToken best;
  // Longest match; on equal length the earlier kind wins.
  const auto offer = [&](ValueToken::Type type, size_t length) {
    if (length > best.text.size()) best = {type, text.substr(0, length)};
  };
  if (text.empty()) return best;
  offer(ValueToken::Type::kFloat, float_length(text));
  offer(ValueToken::Type::kInt, int_length(text));
  if (starts_with_word(text, "true")) offer(ValueToken::Type::kBool, 4);
  if (starts_with_word(text, "false")) offer(ValueToken::Type::kBool, 5);
  if (starts_with_word(text, "null")) offer(ValueToken::Type::kNull, 4);
  if (std::string_view("/-\\+.$%*@?|").find(text[0]) != std::string_view::npos)
    offer(ValueToken::Type::kFree, 1);
  offer(ValueToken::Type::kWord, word_length(text));
  offer(ValueToken::Type::kEscape, escape_length(text));
  offer(ValueToken::Type::kSpace, space_length(text));
  return best;
}

Node token_value(const ValueToken& token) {
  switch (token.type) {
    case ValueToken::Type::kFloat:
      return Node(parse_float(token.text).value());
    case ValueToken::Type::kInt:
      return parse_int(token.text).value();
    case ValueToken::Type::kBool:
      return Node(token.text.size() == 4);
    case ValueToken::Type::kNull:
      return Node();
    default:
      return Node(token_text(token));
  }
}

std::string token_text(const ValueToken& token) {
  return token.type == ValueToken::Type::kEscape ? unescaped(token.text) : std::string(token.text);
}

std::string unescaped(std::string_view escapes) {
  std::string text;
  for (size_t i = 1; i < escapes.size(); i += 2) text += escapes[i];
  return text;
}

}  // namespace twinset
