#include "framework/config/interpolation_parser.h"

#include <fmt/format.h>

#include "framework/config/value_tokens.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr int kMaxNesting = 200;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // The whole string when `quote` is 0, else up to the closing quote.
  Template text(char quote) {
    Template parts;
    std::string plain;
    while (true) {
      if (end()) {
        if (quote != 0) fail(fmt::format("a closing {}", quote));
        break;
      }
      const size_t backslashes = count_backslashes();
      const size_t after = at_ + backslashes;
      const bool at_quote = quote != 0 && after < text_.size() && text_[after] == quote;
      const bool at_open = text_.substr(after, 2) == "${";
      if (!at_quote && !at_open) {
        const size_t length = std::max<size_t>(backslashes, 1);
        plain += text_.substr(at_, length);
        at_ += length;
        continue;
      }
      // Backslashes count only before a quote or an interpolation: a pair is one, an odd one takes
      // the meaning away.
      plain.append(backslashes / 2, '\\');
      at_ = after;
      if (backslashes % 2 == 1) {
        plain += at_quote ? std::string(1, quote) : "${";
        at_ += at_quote ? 1 : 2;
      } else if (at_quote) {
        ++at_;
        break;
      } else {
        flush(plain, parts);
        parts.push_back({"", interpolation()});
      }
    }
    flush(plain, parts);
    return parts;
  }

  Element single_element() {
    Element result = element();
    if (!end()) fail("the end of the value");
    return result;
  }

 private:
  bool end() const { return at_ >= text_.size(); }
  char peek() const { return end() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_); }

  size_t count_backslashes() const {
    size_t n = 0;
    while (at_ + n < text_.size() && text_[at_ + n] == '\\') ++n;
    return n;
  }

  static void flush(std::string& plain, Template& parts) {
    if (plain.empty()) return;
    parts.push_back({std::move(plain), nullptr});
    plain.clear();
  }

  [[noreturn]] void fail(const std::string& expected) const {
    throw ConfigError(
        {.what = fmt::format("broken interpolation in '{}' at column {}", text_, at_ + 1),
         .expected = expected,
         .todo = "write \\${ for a literal ${, and quote special characters"});
  }

  struct Deeper {
    explicit Deeper(Parser& parser) : depth(parser.depth_) {
      if (++depth > kMaxNesting) parser.fail("at most 200 levels of nesting");
    }
    ~Deeper() { --depth; }
    int& depth;
  };

  // True and consumed if the next character but spaces is `c`; the spaces go with it.
  bool take_after_space(char c) {
    const size_t spaces = space_length(rest());
    if (at_ + spaces >= text_.size() || text_[at_ + spaces] != c) return false;
    at_ += spaces + 1;
    return true;
  }
  bool sees_after_space(char c) const {
    const size_t spaces = space_length(rest());
    return at_ + spaces < text_.size() && text_[at_ + spaces] == c;
  }
  void skip_space() { at_ += space_length(rest()); }

  std::unique_ptr<Interpolation> interpolation() {
    const Deeper deeper(*this);
    at_ += 2;
    skip_space();
    auto result = std::make_unique<Interpolation>();
    Template& path = result->path;
    bool can_be_name = peek() != '.' && peek() != '[';
    while (peek() == '.') {
      path.push_back({".", nullptr});
      ++at_;
    }
    bool is_first = true;
    while (true) {
      if (peek() == '[') {
        can_be_name = false;
        path.push_back({"[", nullptr});
        ++at_;
        key(path);
        if (peek() != ']') fail("']'");
        path.push_back({"]", nullptr});
        ++at_;
      } else if (is_first) {
        can_be_name = key(path) && can_be_name;
      } else if (peek() == '.') {
        path.push_back({".", nullptr});
        ++at_;
        can_be_name = key(path) && can_be_name;
      } else if (take_after_space('}')) {
        return result;
      } else if (can_be_name && take_after_space(':')) {
        result->is_call = true;
        skip_space();
        if (!sees_after_space('}')) result->arguments = sequence('}');
        if (!take_after_space('}')) fail("'}'");
        return result;
      } else {
        fail("'.', '[' or '}'");
      }
      is_first = false;
    }
  }

  // A piece of a path; true if it may be part of a resolver's name.
  bool key(Template& path) {
    if (rest().substr(0, 2) == "${") {
      path.push_back({"", interpolation()});
      return true;
    }
    const size_t length = std::min(rest().find_first_of("\\{}()[]:. \t'\""), rest().size());
    if (length == 0) fail("a key");
    path.push_back({std::string(rest().substr(0, length)), nullptr});
    const bool is_word = word_length(rest()) >= length;
    at_ += length;
    return is_word;
  }

  // Elements up to `close`, which is not consumed; elements left out are empty strings.
  std::vector<Element> sequence(char close) {
    std::vector<Element> items;
    bool after_comma = true;
    const auto add_empty = [&] { items.emplace_back().scalar = Node(""); };
    while (!sees_after_space(close)) {
      if (take_after_space(',')) {
        skip_space();
        if (after_comma) add_empty();
        after_comma = true;
      } else {
        if (end() || !after_comma) fail(fmt::format("',' or '{}'", close));
        items.push_back(element());
        after_comma = false;
      }
    }
    if (after_comma) add_empty();
    return items;
  }

  Element element() {
    const Deeper deeper(*this);
    Element result;
    if (peek() == '[') {
      result.kind = Element::Kind::kList;
      ++at_;
      skip_space();
      if (!sees_after_space(']')) result.items = sequence(']');
      if (!take_after_space(']')) fail("']'");
    } else if (peek() == '{') {
      result.kind = Element::Kind::kMap;
      map(result);
    } else if (peek() == '\'' || peek() == '"') {
      const char quote = peek();
      ++at_;
      result.kind = Element::Kind::kQuoted;
      result.parts = text(quote);
    } else {
      primitive(result);
    }
    return result;
  }

  void map(Element& result) {
    ++at_;
    skip_space();
    if (take_after_space('}')) return;
    while (true) {
      Element map_key;
      tokens(map_key, false);
      if (!take_after_space(':')) fail("':' after a key");
      skip_space();
      if (map_key.kind != Element::Kind::kScalar) map_key.scalar = Node(joined(map_key.parts));
      result.keys.push_back(std::move(map_key.scalar));
      result.items.push_back(element());
      if (take_after_space('}')) return;
      if (!take_after_space(',')) fail("',' or '}'");
      skip_space();
    }
  }

  static std::string joined(const Template& parts) {
    std::string all;
    for (const TemplatePart& part : parts) all += part.text;
    return all;
  }

  void primitive(Element& result) { tokens(result, true); }

  // A run of tokens: one alone keeps its type, several are a string.
  void tokens(Element& result, bool is_value) {
    size_t num_tokens = 0;
    Template parts;
    ValueToken last;
    while (!end()) {
      if (sees_after_space(',') || sees_after_space(']') || sees_after_space('}')) break;
      if (is_value && rest().substr(0, 2) == "${") {
        parts.push_back({"", interpolation()});
        last = {};
      } else if (sees_after_space(':')) {
        if (!is_value) break;
        size_t length = space_length(rest()) + 1;
        length += space_length(rest().substr(length));
        last = {ValueToken::Type::kFree, rest().substr(0, length)};
        parts.push_back({token_text(last), nullptr});
        at_ += length;
      } else {
        last = value_token(rest());
        if (last.type == ValueToken::Type::kNone) break;
        parts.push_back({token_text(last), nullptr});
        at_ += last.text.size();
      }
      ++num_tokens;
    }
    if (num_tokens == 0) fail("a value");
    if (num_tokens == 1 && last.type == ValueToken::Type::kSpace) fail("a value");
    if (num_tokens == 1 && last.type != ValueToken::Type::kNone) {
      result.scalar = token_value(last);
    } else {
      result.kind = Element::Kind::kTemplate;
      result.parts = std::move(parts);
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Template parse_template(std::string_view text) { return Parser(text).text('\0'); }

Element parse_element(std::string_view text) { return Parser(text).single_element(); }

void check_interpolation(std::string_view text) { parse_template(text); }

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> pieces;
  size_t at = 0;
  while (at < path.size() && path[at] == '.') {
    pieces.emplace_back();
    ++at;
  }
  if (at == path.size() || path[at] != '[') {
    const size_t stop = std::min(path.find_first_of(".[", at), path.size());
    pieces.emplace_back(path.substr(at, stop - at));
    at = stop;
  }
  while (at < path.size()) {
    if (path[at] == '.') {
      const size_t stop = std::min(path.find_first_of(".[", at + 1), path.size());
      pieces.emplace_back(path.substr(at + 1, stop - at - 1));
      at = stop;
    } else if (path[at] == '[') {
      const size_t stop = path.find(']', at);
      if (stop == std::string_view::npos) break;
      pieces.emplace_back(path.substr(at + 1, stop - at - 1));
      at = stop + 1;
    } else {
      ++at;
    }
  }
  return pieces;
}

}  // namespace twinset
