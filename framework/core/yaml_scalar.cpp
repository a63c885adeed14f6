#include "framework/core/yaml_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>

namespace twinset {
namespace {

constexpr int kWidth = 80;

bool is_break(char32_t c) { return c == U'\n' || c == 0x85 || c == 0x2028 || c == 0x2029; }
bool is_blank(char32_t c) { return c == 0 || c == U' ' || c == U'\t' || c == U'\r' || is_break(c); }
bool is_one_of(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}
bool is_printable(char32_t c) {
  if (c == U'\n' || (c >= 0x20 && c <= 0x7e)) return true;
  return (c == 0x85 || (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
          (c >= 0x10000 && c < 0x10ffff)) &&
         c != 0xfeff;
}

struct Traits {
  bool may_be_plain = true;
  bool may_be_single_quoted = true;
  bool has_breaks = false;
};

// What the characters alone allow.
Traits traits_of(const std::u32string& text) {
  Traits traits;
  if (text.empty()) return traits;
  const size_t last = text.size() - 1;
  traits.may_be_plain = text.substr(0, 3) != U"---" && text.substr(0, 3) != U"..." &&
                        !is_blank(text[0]) && text[last] != U' ' && !is_break(text[last]);
  for (size_t i = 0; i <= last; ++i) {
    const char32_t c = text[i];
    const bool before_blank = i == last || is_blank(text[i + 1]);
    const bool after_blank = i == 0 || is_blank(text[i - 1]);
    if (i == 0 && is_one_of(c, U"#,[]{}&*!|>'\"%@`")) traits.may_be_plain = false;
    if (i == 0 && is_one_of(c, U"?-") && before_blank) traits.may_be_plain = false;
    if (c == U':' && before_blank) traits.may_be_plain = false;
    if (c == U'#' && after_blank) traits.may_be_plain = false;
    if (is_break(c)) traits.has_breaks = true;
    const bool break_then_space = i > 0 && c == U' ' && is_break(text[i - 1]);
    const bool space_then_break = i > 0 && is_break(c) && text[i - 1] == U' ';
    if (break_then_space || space_then_break || !is_printable(c))
      traits.may_be_single_quoted = false;
  }
  traits.may_be_plain = traits.may_be_plain && traits.may_be_single_quoted && !traits.has_breaks;
  return traits;
}

// Without what Python's float() strips: Unicode's white space.
std::u32string stripped(std::u32string_view text) {
  static constexpr std::u32string_view kSpace(
      U" \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
      U"\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000");
  const size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
  return std::u32string(text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin));
}

// What YAML 1.1, OmegaConf or Python would read as something else than a string. The core is the
// text stripped.
bool looks_like_a_value(const std::string& text, const std::string& core_text) {
  static const std::array<const char*, 17> kWords = {
      "",   "~",   "<<", "=", "null", "true",  "false", "yes", "no",
      "on", "off", "y",  "n", ".inf", "-.inf", "+.inf", ".nan"};
  if (text.empty()) return true;
  const char first = core_text.empty() ? ' ' : core_text[0];
  const bool may_be_number = std::isdigit(static_cast<unsigned char>(first)) || first == '-' ||
                             first == '+' || first == '.';
  if (!may_be_number && core_text.size() > 9) return false;
  const auto lower_case = [](std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return word;
  };
  const std::string lower = lower_case(text), core = lower_case(core_text);
  if (std::find(kWords.begin(), kWords.end(), lower) != kWords.end()) return true;
  const std::string_view unsigned_core =
      std::string_view(core).substr(!core.empty() && (core[0] == '-' || core[0] == '+') ? 1 : 0);
  if (unsigned_core == "nan" || unsigned_core == "inf" || unsigned_core == "infinity") return true;
  if (!may_be_number || text.size() > 400) return false;
  static const std::regex kNumber(
      R"([-+]?0b[01_]+|[-+]?0x[0-9a-f_]+|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])*(\.[0-9_]*)?(e[-+]?[0-9]+(_[0-9]+)*)?|[-+]?\.[0-9][0-9_]*(e[-+]?[0-9]+(_[0-9]+)*)?)");
  static const std::regex kDate(
      R"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(t|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?([ \t]*(z|[-+][0-9]{1,2}(:[0-9]{2})?))?)");
  return std::regex_match(core, kNumber) || std::regex_match(lower, kDate);
}

std::string utf8(const std::u32string& text) {
  std::string out;
  for (char32_t c : text) append_utf8(c, out);
  return out;
}

std::string escape(char32_t c) {
  static constexpr std::u32string_view kFrom(U"\0\a\b\t\n\v\f\r\x1b\"\\\x85\xa0\u2028\u2029", 15);
  static constexpr std::string_view kTo = "0abtnvfre\"\\N_LP";
  if (const size_t at = kFrom.find(c); at != std::u32string_view::npos) return {'\\', kTo[at]};
  if (c <= 0xff) return fmt::format("\\x{:02X}", static_cast<uint32_t>(c));
  return c <= 0xffff ? fmt::format("\\u{:04X}", static_cast<uint32_t>(c))
                     : fmt::format("\\U{:08X}", static_cast<uint32_t>(c));
}

}  // namespace

ScalarStyle choose_style(const std::u32string& text, bool is_key) {
  const Traits traits = traits_of(text);
  if (traits.may_be_plain && !looks_like_a_value(utf8(text), utf8(stripped(text))))
    return ScalarStyle::kPlain;
  const bool may_be_single_quoted = traits.may_be_single_quoted && !(is_key && traits.has_breaks);
  return may_be_single_quoted ? ScalarStyle::kSingleQuoted : ScalarStyle::kDoubleQuoted;
}

bool is_simple_key(const std::u32string& text, size_t tag_length) {
  return !text.empty() && text.size() + tag_length < 128 &&
         std::none_of(text.begin(), text.end(), is_break);
}

std::string base64(const std::string& data) {
  static const char* const kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < data.size(); i += 3) {
    const auto byte = [&](size_t j) {
      return j < data.size() ? static_cast<unsigned char>(data[j]) : 0u;
    };
    const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (int digit = 0; digit < 4; ++digit) text += kDigits[group >> (18 - 6 * digit) & 63];
  }
  for (size_t pad = 0; pad < (3 - data.size() % 3) % 3; ++pad) text[text.size() - 1 - pad] = '=';
  return text;
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80    ? 1
                          : lead >= 0xf0 ? 4
                          : lead >= 0xe0 ? 3
                          : lead >= 0xc0 ? 2
                                         : 1;
    char32_t c = length == 1 ? lead : lead & (0x7f >> length);
    bool is_valid = i + length <= text.size();
    for (size_t k = 1; is_valid && k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      is_valid = (next & 0xc0) == 0x80;
      c = (c << 6) | (next & 0x3f);
    }
    out += is_valid ? c : lead;
    i += is_valid ? length : 1;
  }
  return out;
}

void append_utf8(char32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  const unsigned lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
  out += static_cast<char>(lead | (c >> (6 * more)));
  for (int k = more; k-- > 0;) out += static_cast<char>(0x80 | (c >> (6 * k) & 0x3f));
}

void YamlText::put(std::string_view ascii) {
  out_ += ascii;
  column_ += static_cast<int>(ascii.size());
}

void YamlText::put(const std::u32string& text, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) append_utf8(text[i], out_);
  column_ += static_cast<int>(end - begin);
}

void YamlText::new_line(int indent) {
  out_ += '\n';
  out_.append(static_cast<size_t>(indent), ' ');
  column_ = indent;
}

void YamlText::scalar(const std::u32string& text, ScalarStyle style, int indent, bool is_key) {
  switch (style) {
    case ScalarStyle::kPlain:
      return plain(text, indent, !is_key);
    case ScalarStyle::kSingleQuoted:
      return single_quoted(text, indent, !is_key);
    case ScalarStyle::kDoubleQuoted:
      return double_quoted(text, indent, !is_key);
  }
}

// Words and the spaces between them in turn; a single space behind the 80th column becomes a new
// line.
void YamlText::plain(const std::u32string& text, int indent, bool may_fold) {
  for (size_t begin = 0; begin < text.size();) {
    const bool is_space = text[begin] == U' ';
    size_t end = begin;
    while (end < text.size() && (text[end] == U' ') == is_space) ++end;
    if (is_space && end == begin + 1 && column_ > kWidth && may_fold) {
      new_line(indent);
    } else {
      put(text, begin, end);
    }
    begin = end;
  }
}

void YamlText::single_quoted(const std::u32string& text, int indent, bool may_fold) {
  put("'");
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    if (text[begin] == U' ') {
      while (end < text.size() && text[end] == U' ') ++end;
      if (end == begin + 1 && column_ > kWidth && may_fold && begin != 0 && end != text.size()) {
        new_line(indent);
      } else {
        put(text, begin, end);
      }
    } else if (is_break(text[begin])) {
      // A break that is folded away stands before those that count.
      if (text[begin] == U'\n') out_ += '\n';
      for (; end < text.size() && is_break(text[end]); ++end) append_utf8(text[end], out_);
      out_.append(static_cast<size_t>(indent), ' ');
      column_ = indent;
    } else if (text[begin] == U'\'') {
      put("''");
      end = begin + 1;
    } else {
      while (end < text.size() && text[end] != U' ' && text[end] != U'\'' && !is_break(text[end]))
        ++end;
      put(text, begin, end);
    }
    begin = end;
  }
  put("'");
}

void YamlText::double_quoted(const std::u32string& text, int indent, bool may_fold) {
  put("\"");
  size_t begin = 0;  // of what is not written yet
  for (size_t end = 0; end <= text.size(); ++end) {
    const bool at_end = end == text.size();
    const char32_t c = at_end ? 0 : text[end];
    const bool is_plain =
        (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd);
    if (at_end || !is_plain || is_one_of(c, U"\"\\\u2028\u2029\ufeff")) {
      put(text, begin, end);
      begin = end;
      if (!at_end) {
        put(escape(c));
        begin = end + 1;
      }
    }
    const int column = column_ + static_cast<int>(end) - static_cast<int>(begin);
    if (!may_fold || end == 0 || end + 1 >= text.size() || (c != U' ' && begin < end) ||
        column <= kWidth)
      continue;
    if (begin < end) {
      put(text, begin, end);
      begin = end;
    }
    put("\\");
    new_line(indent);
    if (text[begin] == U' ') put("\\");
  }
  put("\"");
}

}  // namespace twinset
