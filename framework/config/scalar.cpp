#include "framework/config/scalar.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "framework/core/error.h"

namespace twinset {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// A cursor over the text; every `take` consumes what matches and says how much.
struct Scan {
  std::string_view text;
  size_t at = 0;

  bool end() const { return at == text.size(); }
  bool take(char c) {
    if (end() || text[at] != c) return false;
    ++at;
    return true;
  }
  bool take_sign() { return take('-') || take('+'); }
  template <class Predicate>
  size_t take_while(Predicate predicate) {
    const size_t start = at;
    while (!end() && predicate(text[at])) ++at;
    return at - start;
  }
  size_t digits() { return take_while(is_digit); }
  // [0-9]+(_[0-9]+)*
  bool grouped_digits() {
    if (digits() == 0) return false;
    while (at + 1 < text.size() && text[at] == '_' && is_digit(text[at + 1])) {
      ++at;
      digits();
    }
    return true;
  }
};

bool digit_or_bar(char c) { return is_digit(c) || c == '_'; }

// (:[0-5]?[0-9])+ , as in 1:30:00
bool take_sexagesimal(Scan& scan) {
  size_t groups = 0;
  while (scan.take(':')) {
    const size_t start = scan.at;
    const size_t n = scan.digits();
    if (n == 0 || n > 2 || (n == 2 && scan.text[start] > '5')) return false;
    ++groups;
  }
  return groups > 0;
}

bool take_exponent(Scan& scan, bool sign_needed) {
  if (scan.end()) return true;
  if (!scan.take('e') && !scan.take('E')) return false;
  if (!scan.take_sign() && sign_needed) return false;
  return scan.digits() > 0 && scan.end();
}

bool is_yaml_float(std::string_view text) {
  Scan scan{text};
  const bool has_sign = scan.take_sign();
  const std::string_view rest = text.substr(scan.at);
  if (one_of(rest, {".inf", ".Inf", ".INF"})) return true;
  if (one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  if (!has_sign && rest.size() > 1 && rest[0] == '.' && is_digit(rest[1])) {
    scan.take('.');
    scan.take_while(digit_or_bar);
    return take_exponent(scan, true);
  }
  if (rest.empty() || !is_digit(rest[0])) return false;
  const size_t start = scan.at;
  scan.take_while(digit_or_bar);
  if (scan.take('.')) {
    const std::string_view whole = text.substr(start, scan.at - 1 - start);
    scan.take_while(digit_or_bar);
    const bool tidy = whole.back() != '_' && whole.find("__") == std::string_view::npos;
    return take_exponent(scan, !tidy);
  }
  if (!scan.end() && scan.text[scan.at] == ':')
    return take_sexagesimal(scan) && scan.take('.') && (scan.take_while(digit_or_bar), scan.end());
  scan.at = start;
  return scan.grouped_digits() && !scan.end() && take_exponent(scan, false);
}

bool is_yaml_int(std::string_view text) {
  Scan scan{text};
  scan.take_sign();
  if (scan.end() || !is_digit(scan.text[scan.at])) return false;
  if (scan.take('0')) {
    if (scan.end()) return true;
    if (scan.take('b'))
      return scan.take_while([](char c) { return c == '0' || c == '1' || c == '_'; }) > 0 &&
             scan.end();
    if (scan.take('x')) {
      return scan.take_while([](char c) {
        return digit_or_bar(c) || (lower(c) >= 'a' && lower(c) <= 'f');
      }) > 0 &&
             scan.end();
    }
    return scan.take_while([](char c) { return (c >= '0' && c <= '7') || c == '_'; }) > 0 &&
           scan.end();
  }
  scan.take_while(digit_or_bar);
  return scan.end() || (take_sexagesimal(scan) && scan.end());
}

std::string without_bars(std::string_view text) {
  std::string result;
  std::copy_if(text.begin(), text.end(), std::back_inserter(result),
               [](char c) { return c != '_'; });
  return result;
}

[[noreturn]] void fail_scalar(std::string_view text, const char* expected) {
  throw ConfigError({.what = "'" + std::string(text) + "'", .expected = expected});
}

Node based_int(const std::string& digits, int base, bool negative, std::string_view text) {
  // Decimal digits, least significant first: such literals are short, and any size must work.
  std::string decimal = "0";
  for (char c : digits) {
    const char l = lower(c);
    int carry = is_digit(l) ? l - '0' : l - 'a' + 10;
    if (carry < 0 || carry >= base) fail_scalar(text, "an integer");
    for (char& d : decimal) {
      carry += (d - '0') * base;
      d = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry > 0; carry /= 10) decimal += static_cast<char>('0' + carry % 10);
  }
  if (negative) decimal += '-';
  std::reverse(decimal.begin(), decimal.end());
  return Node::big_int(decimal);
}

}  // namespace

Node int_scalar(std::string_view text) {
  std::string digits = without_bars(text);
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.erase(0, 1);
  if (digits.empty()) fail_scalar(text, "an integer");
  if (digits.rfind("0b", 0) == 0) return based_int(digits.substr(2), 2, negative, text);
  if (digits.rfind("0x", 0) == 0) return based_int(digits.substr(2), 16, negative, text);
  if (digits[0] == '0') return based_int(digits, 8, negative, text);
  if (digits.find(':') != std::string::npos) {
    int64_t value = 0;
    for (size_t start = 0; start <= digits.size();) {
      const size_t stop = std::min(digits.find(':', start), digits.size());
      const int64_t digit = std::strtoll(digits.substr(start, stop - start).c_str(), nullptr, 10);
      if (__builtin_mul_overflow(value, int64_t{60}, &value) ||
          __builtin_add_overflow(value, digit, &value))
        fail_scalar(text, "an integer below 2^63");
      start = stop + 1;
    }
    return Node(negative ? -value : value);
  }
  if (digits.find_first_not_of("0123456789") != std::string::npos) fail_scalar(text, "an integer");
  return Node::big_int((negative ? "-" : "") + digits);
}

Node float_scalar(std::string_view text) {
  std::string digits = without_bars(text);
  std::transform(digits.begin(), digits.end(), digits.begin(), lower);
  const double sign = !digits.empty() && digits[0] == '-' ? -1.0 : 1.0;
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.erase(0, 1);
  if (digits == ".inf") return Node(sign * std::numeric_limits<double>::infinity());
  if (digits == ".nan") return Node(std::numeric_limits<double>::quiet_NaN());
  if (digits.find(':') != std::string::npos) {
    double value = 0;
    for (size_t start = 0; start <= digits.size();) {
      const size_t stop = std::min(digits.find(':', start), digits.size());
      value = value * 60 + std::strtod(digits.substr(start, stop - start).c_str(), nullptr);
      start = stop + 1;
    }
    return Node(sign * value);
  }
  const std::optional<double> value = parse_float(digits);
  if (!value) fail_scalar(text, "a float");
  return Node(sign * *value);
}

Node string_scalar(std::string text) {
  if (text == "???") return Node::missing();
  return Node(std::move(text));
}

Node plain_scalar(std::string_view text) {
  if (text.empty()) return Node();
  const char c = text[0];
  if (is_digit(c) || c == '-' || c == '+' || c == '.') {
    if (is_yaml_int(text)) return int_scalar(text);
    if (is_yaml_float(text)) return float_scalar(text);
  } else if (text.size() <= 5) {
    if (one_of(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}))
      return Node(true);
    if (one_of(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}))
      return Node(false);
    if (one_of(text, {"null", "Null", "NULL", "~"})) return Node();
  }
  return string_scalar(std::string(text));
}

namespace {

std::string_view stripped(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Underscores only between digits.
bool tidy_bars(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_' &&
        (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])))
      return false;
  }
  return true;
}

}  // namespace

std::optional<Node> parse_int(std::string_view text) {
  text = stripped(text);
  Scan scan{text};
  scan.take_sign();
  if (scan.take_while(digit_or_bar) == 0 || !scan.end() || !tidy_bars(text)) return std::nullopt;
  return Node::big_int(without_bars(text));
}

std::optional<double> parse_float(std::string_view text) {
  text = stripped(text);
  if (!tidy_bars(text)) return std::nullopt;
  std::string word = without_bars(text);
  std::transform(word.begin(), word.end(), word.begin(), lower);
  Scan scan{word};
  scan.take_sign();
  const std::string_view rest = std::string_view(word).substr(scan.at);
  if (!one_of(rest, {"inf", "infinity", "nan"})) {
    const size_t whole = scan.digits();
    const size_t fraction = scan.take('.') ? scan.digits() : 0;
    if (whole + fraction == 0 || !take_exponent(scan, false)) return std::nullopt;
  }
  return std::strtod(word.c_str(), nullptr);
}

bool same_key(const std::string& a, const std::string& b) {
  if (a == b) return true;
  // Keys that are no strings start with the same byte; strings never do.
  static const char kTyped = map_key(Node(true))[0];
  if (a.empty() || b.empty() || a[0] != kTyped || b[0] != kTyped) return false;
  const Node x = map_key_value(a), y = map_key_value(b);
  const auto number = [](const Node& node) -> std::optional<double> {
    if (node.is_bool()) return node.as_bool() ? 1.0 : 0.0;
    if (node.is_float()) return node.as_float();
    if (node.is_int() && !node.is_big_int()) return static_cast<double>(node.as_int());
    return std::nullopt;
  };
  const std::optional<double> left = number(x);
  return left && left == number(y);
}

}  // namespace twinset
