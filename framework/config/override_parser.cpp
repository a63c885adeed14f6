#include <fmt/format.h>

#include "framework/config/override.h"
#include "framework/config/override_functions.h"
#include "framework/config/scalar.h"
#include "framework/config/value_tokens.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr int kMaxDepth = 200;

class OverrideParser {
 public:
  explicit OverrideParser(std::string_view text) : text_(text) { result_.text = std::string(text); }

  Override parse() {
    prefix();
    key();
    if (end()) {
      if (result_.type == Override::Type::kDelete) return std::move(result_);
      fail("no value", "'=' and a value");
    }
    if (peek() != '=') fail(fmt::format("unexpected '{}' in the key", shown()), "'='");
    ++at_;
    skip_space();
    result_.value_column = at_;
    if (end()) {
      result_.value.emplace().scalar = Node("");
    } else {
      result_.value = value();
      if (!end())
        fail(fmt::format("unexpected '{}'", shown()), "the end",
             "quote the value, or escape with a backslash");
    }
    return std::move(result_);
  }

 private:
  bool end() const { return at_ >= text_.size(); }
  char peek() const { return end() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_); }
  std::string shown() const {
    size_t length = 1;
    while (at_ + length < text_.size() &&
           (static_cast<unsigned char>(text_[at_ + length]) & 0xC0) == 0x80)
      ++length;
    return std::string(text_.substr(at_, length));
  }

  [[noreturn]] void fail(std::string what, std::string expected = "", std::string todo = "") const {
    throw_override_error(text_, at_, std::move(what), std::move(expected), std::move(todo));
  }

  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool sees_after_space(char c) const {
    const size_t spaces = space_length(rest());
    return at_ + spaces < text_.size() && text_[at_ + spaces] == c;
  }
  bool take_after_space(char c) {
    if (!sees_after_space(c)) return false;
    at_ += space_length(rest()) + 1;
    return true;
  }
  void skip_space() { at_ += space_length(rest()); }

  void prefix() {
    if (take('~')) {
      result_.type = Override::Type::kDelete;
    } else if (take('+')) {
      result_.type = take('+') ? Override::Type::kForceAdd : Override::Type::kAdd;
    }
  }

  // A letter, '_' or '$', then also digits and '-'.
  size_t special_word_length() const {
    size_t n = 0;
    const auto fits = [&](char c) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
      return letter || (n > 0 && ((c >= '0' && c <= '9') || c == '-'));
    };
    while (at_ + n < text_.size() && fits(text_[at_ + n])) ++n;
    return n;
  }

  // One name of a dotted path; numbers count only where they are part of a longer path.
  size_t path_piece_length() const {
    const size_t word = special_word_length();
    return word > 0 ? word : unsigned_length(rest());
  }

  // A dotted path, a single word, or nothing. True if it is a single word without '$'.
  bool dotted_path() {
    const size_t start = at_;
    const bool starts_with_word = special_word_length() > 0;
    size_t num_pieces = 0;
    while (const size_t length = path_piece_length()) {
      at_ += length;
      ++num_pieces;
      if (peek() != '.') break;
      ++at_;
      if (path_piece_length() == 0)
        fail(end() ? "the key ends with '.'" : fmt::format("unexpected '{}' in the key", shown()),
             "a name");
    }
    if (num_pieces == 1 && !starts_with_word) {
      at_ = start;
      fail("a key can't be a number alone", "a name");
    }
    return num_pieces == 1 && text_.substr(start, at_ - start).find('$') == std::string_view::npos;
  }

  void key() {
    const size_t start = at_;
    const bool is_word = dotted_path();
    if (is_word && peek() == '/') {
      while (take('/')) {
        const size_t length = word_length(rest());
        if (length == 0)
          fail(end() ? "the group ends with '/'"
                     : fmt::format("unexpected '{}' in a group", shown()),
               "a name");
        at_ += length;
      }
    }
    result_.key = std::string(text_.substr(start, at_ - start));
    if (take('@')) {
      const size_t package = at_;
      dotted_path();
      result_.package = std::string(text_.substr(package, at_ - package));
    }
  }

  struct Deeper {
    explicit Deeper(OverrideParser& parser) : depth(parser.depth_) {
      if (++depth > kMaxDepth) parser.fail("more than 200 levels of nesting");
    }
    ~Deeper() { --depth; }
    int& depth;
  };

  OverrideValue value() {
    const size_t start = at_;
    OverrideValue first = element();
    if (!sees_after_space(',')) return first;
    OverrideValue choice;
    choice.kind = OverrideValue::Kind::kChoice;
    choice.is_simple_choice = true;
    if (first.is_sweep()) {
      at_ = start;
      fail("a sweep within a choice", "a single value");
    }
    choice.items.push_back(std::move(first));
    while (take_after_space(',')) {
      skip_space();
      choice.items.push_back(single("a choice"));
    }
    return choice;
  }

  OverrideValue element() {
    const Deeper deeper(*this);
    if (peek() == '[') return list();
    if (peek() == '{') return map();
    if (peek() == '\'' || peek() == '"') return quoted();
    const size_t word = word_length(rest());
    if (word > 0) {
      const size_t after = word + space_length(rest().substr(word));
      // A keyword such as true or null is no name, even before '('.
      if (at_ + after < text_.size() && text_[at_ + after] == '(' &&
          value_token(rest()).type == ValueToken::Type::kWord) {
        return function(rest().substr(0, word), after + 1);
      }
    }
    return primitive(true);
  }

  // A part of a larger value, which can't be a sweep itself.
  OverrideValue single(const char* whole) {
    const size_t start = at_;
    OverrideValue part = element();
    if (!part.is_sweep()) return part;
    at_ = start;
    fail(fmt::format("a sweep within {}", whole), "a single value");
  }

  OverrideValue list() {
    OverrideValue result;
    result.kind = OverrideValue::Kind::kList;
    ++at_;
    skip_space();
    if (take_after_space(']')) return result;
    while (true) {
      result.items.push_back(single("a list"));
      if (take_after_space(']')) return result;
      if (!take_after_space(','))
        fail(end() ? "the list is not closed" : fmt::format("unexpected '{}' in a list", shown()),
             "',' or ']'");
      skip_space();
    }
  }

  OverrideValue map() {
    OverrideValue result;
    result.kind = OverrideValue::Kind::kMap;
    ++at_;
    skip_space();
    if (take_after_space('}')) return result;
    while (true) {
      Node name = primitive(false).scalar;
      if (!take_after_space(':'))
        fail(end() ? "the map is not closed" : fmt::format("unexpected '{}' in a map", shown()),
             "':' after the key");
      skip_space();
      OverrideValue item = single("a map");
      const std::string id = map_key(name);
      size_t index = 0;
      while (index < result.keys.size() && !same_key(map_key(result.keys[index]), id)) ++index;
      if (index < result.keys.size()) {
        result.items[index] = std::move(item);
      } else {
        result.keys.push_back(std::move(name));
        result.items.push_back(std::move(item));
      }
      if (take_after_space('}')) return result;
      if (!take_after_space(','))
        fail(end() ? "the map is not closed" : fmt::format("unexpected '{}' in a map", shown()),
             "',' or '}'");
      skip_space();
    }
  }

  OverrideValue quoted() {
    const char quote = peek();
    const size_t start = at_;
    OverrideValue result;
    result.kind = OverrideValue::Kind::kQuoted;
    result.quote = quote;
    std::string plain;
    ++at_;
    while (true) {
      size_t backslashes = 0;
      while (peek() == '\\') {
        ++backslashes;
        ++at_;
      }
      if (end()) {
        at_ = start;
        fail("the quote is not closed", fmt::format("a closing {}", quote));
      }
      const char c = text_[at_++];
      if (c != quote) {
        plain.append(backslashes, '\\');
        plain += c;
        continue;
      }
      // Backslashes are escapes only right before a quote.
      plain.append(backslashes / 2, '\\');
      if (backslashes % 2 == 0) break;
      plain += quote;
    }
    result.scalar = Node(std::move(plain));
    return result;
  }

  OverrideValue function(std::string_view name, size_t head_length) {
    const size_t start = at_;
    FunctionCall call;
    call.name = std::string(name);
    at_ += head_length;
    skip_space();
    if (!take_after_space(')')) {
      while (true) {
        argument(call);
        if (take_after_space(')')) break;
        if (!take_after_space(','))
          fail(end() ? "the call is not closed" : fmt::format("unexpected '{}' in a call", shown()),
               "',' or ')'");
        skip_space();
      }
    }
    try {
      return call_override_function(std::move(call));
    } catch (const ConfigError& error) {
      throw_override_error(text_, start, error.parts().what, error.parts().expected,
                           error.parts().todo);
    }
  }

  void argument(FunctionCall& call) {
    const size_t word = word_length(rest());
    const size_t spaces = word > 0 ? space_length(rest().substr(word)) : 0;
    const size_t equal = at_ + word + spaces;
    if (word > 0 && equal < text_.size() && text_[equal] == '=' &&
        value_token(rest()).type == ValueToken::Type::kWord) {
      std::string name(rest().substr(0, word));
      at_ = equal + 1;
      skip_space();
      call.named.emplace_back(std::move(name), element());
    } else {
      if (!call.named.empty()) fail("a positional argument follows a named one");
      call.arguments.push_back(element());
    }
  }

  // The value token at the cursor, with the colons and interpolations that values may hold besides.
  ValueToken next_token(bool is_value) const {
    if (is_value && rest().substr(0, 2) == "${") {
      const size_t close = rest().find('}');
      if (close != std::string_view::npos && close > 2)
        return {ValueToken::Type::kWord, rest().substr(0, close + 1)};
    }
    const size_t spaces = space_length(rest());
    const char c = at_ + spaces < text_.size() ? text_[at_ + spaces] : '\0';
    if (c == ':') {
      if (!is_value) return {};
      const size_t length = spaces + 1;
      return {ValueToken::Type::kFree,
              rest().substr(0, length + space_length(rest().substr(length)))};
    }
    if (c != '\0' && std::string_view(",])}=(").find(c) != std::string_view::npos) return {};
    return value_token(rest());
  }

  OverrideValue primitive(bool is_value) {
    std::vector<ValueToken> tokens;
    while (!end()) {
      const ValueToken token = next_token(is_value);
      if (token.type == ValueToken::Type::kNone) break;
      tokens.push_back(token);
      at_ += token.text.size();
    }
    if (!tokens.empty() && tokens.front().type == ValueToken::Type::kSpace)
      tokens.erase(tokens.begin());
    if (!tokens.empty() && tokens.back().type == ValueToken::Type::kSpace) tokens.pop_back();
    if (tokens.empty()) {
      if (end()) fail("a value is missing");
      fail(fmt::format("unexpected '{}'", shown()), "a value",
           "quote the value, or escape with a backslash");
    }
    OverrideValue result;
    if (tokens.size() == 1) {
      result.scalar = token_value(tokens[0]);
    } else {
      std::string joined;
      for (const ValueToken& token : tokens) joined += token_text(token);
      result.scalar = Node(std::move(joined));
    }
    return result;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  Override result_;
};

}  // namespace

Override parse_override(std::string_view text) { return OverrideParser(text).parse(); }

void throw_override_error(std::string_view text, size_t column, std::string what,
                          std::string expected, std::string todo) {
  // Columns count characters: bytes that continue a UTF-8 character take no place.
  size_t shown_column = 0;
  for (size_t i = 0; i < column && i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++shown_column;
  }
  const std::string picture = fmt::format("\n  {}\n  {}^", text, std::string(shown_column, ' '));
  ErrorParts parts{fmt::format("override '{}'", text), std::move(what), std::move(expected),
                   std::move(todo)};
  std::string& last = !parts.todo.empty()       ? parts.todo
                      : !parts.expected.empty() ? parts.expected
                                                : parts.what;
  last += picture;
  throw ConfigError(std::move(parts));
}

}  // namespace twinset
