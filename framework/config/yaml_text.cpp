#include "framework/config/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "framework/core/error.h"

namespace twinset {
namespace {

// The code point at `at` and its length in bytes; length 0 if the bytes are no UTF-8.
struct CodePoint {
  uint32_t value = 0;
  size_t length = 0;
};

CodePoint code_point(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {first, 1};
  const size_t length = first >= 0xF0 && first <= 0xF4 ? 4
                        : first >= 0xE0                ? 3
                        : first >= 0xC2                ? 2
                                                       : 0;
  if (length == 0 || first > 0xF4 || at + length > text.size()) return {};
  uint32_t value = first & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(at + i) & 0x3F);
  }
  const uint32_t smallest = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length};
}

// yaml-cpp skips every line that starts with '%'.
void check_directive(std::string_view text, const std::string& name, int line) {
  if (text.substr(0, 6) == "%YAML " || text.substr(0, 5) == "%TAG ") return;
  throw ConfigError({.where = fmt::format("{}:{}", name, line),
                     .what = "a line starts with '%'",
                     .expected = "quotes around it"});
}

bool is_printable(uint32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c != 0x7F && (c < 0x80 || c == 0x85 || c >= 0xA0) && c != 0xFFFE && c != 0xFFFF;
}

}  // namespace

std::string clean_yaml_text(std::string_view text, const std::string& name) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  std::string clean;
  clean.reserve(text.size());
  int line = 1;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = code_point(text, at);
    const std::string where =
        point.length == 0 || !is_printable(point.value) ? fmt::format("{}:{}", name, line) : "";
    if (point.length == 0) {
      throw ConfigError(
          {.where = where,
           .what = fmt::format("byte 0x{:02x} is no UTF-8", static_cast<unsigned char>(text[at])),
           .expected = "UTF-8 text"});
    }
    if (!is_printable(point.value)) {
      throw ConfigError({.where = where,
                         .what = fmt::format("control character U+{:04X}", point.value),
                         .todo = "write it as an escape in double quotes"});
    }
    if (point.value == '\r') {
      clean += '\n';
      at += at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1;
      ++line;
      continue;
    }
    if (point.value == '%' && (clean.empty() || clean.back() == '\n'))
      check_directive(text.substr(at), name, line);
    if (point.value == '\n') ++line;
    clean.append(text.substr(at, point.length));
    at += point.length;
  }
  return clean;
}

namespace {

struct TaggedBlock {
  size_t dash = 0;      // column of the list's dash
  size_t property = 0;  // column of the tag or anchor; 0 if the line opens no such block
};

TaggedBlock tagged_block(std::string_view line) {
  TaggedBlock block;
  const auto skip_spaces = [&](size_t at) {
    return std::min(line.find_first_not_of(' ', at), line.size());
  };
  size_t at = skip_spaces(0);
  while (at + 1 < line.size() && line[at] == '-' && line[at + 1] == ' ') {
    block.dash = at;
    at = skip_spaces(at + 1);
    block.property = at;
  }
  if (block.property == 0) return {};
  while (at < line.size() && (line[at] == '!' || line[at] == '&'))
    at = skip_spaces(std::min(line.find(' ', at), line.size()));
  if (at == block.property || at >= line.size() || (line[at] != '|' && line[at] != '>')) return {};
  ++at;
  if (at < line.size() && (line[at] == '+' || line[at] == '-')) ++at;
  at = skip_spaces(at);
  return at == line.size() || line[at] == '#' ? block : TaggedBlock{};
}

}  // namespace

std::string move_tagged_blocks(std::string text) {
  if (text.find("- !") == std::string::npos && text.find("- &") == std::string::npos) return text;
  std::string moved;
  TaggedBlock open;
  for (size_t start = 0; start < text.size();) {
    const size_t stop = std::min(text.find('\n', start), text.size() - 1) + 1;
    const std::string_view line = std::string_view(text).substr(start, stop - start);
    const size_t indent = line.find_first_not_of(' ');
    const bool is_inside =
        open.property > 0 && (line == "\n" || (indent != std::string::npos && indent > open.dash));
    if (is_inside && line != "\n") moved.append(open.property - open.dash, ' ');
    if (!is_inside) open = tagged_block(line.substr(0, line.find_last_not_of('\n') + 1));
    moved += line;
    start = stop;
  }
  return moved;
}

namespace {

// The start of the scalar behind tags and anchors.
size_t skip_properties(std::string_view text, size_t at) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
  while (at < text.size() && (text[at] == '!' || text[at] == '&' || is_space(text[at]))) {
    if (!is_space(text[at])) {
      while (at < text.size() && !is_space(text[at])) ++at;
    } else {
      ++at;
    }
  }
  return at;
}

// Behind the closing quote of the scalar that starts at `at`; npos if there is none.
size_t end_of_quoted(std::string_view text, size_t at) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return std::string_view::npos;
}

bool is_quote(std::string_view text, size_t at) {
  return at < text.size() && (text[at] == '\'' || text[at] == '"');
}

}  // namespace

bool is_quote_closed(std::string_view text, size_t position) {
  const size_t at = skip_properties(text, position);
  return !is_quote(text, at) || end_of_quoted(text, at) != std::string_view::npos;
}

std::string folded_blank(std::string_view text, size_t position) {
  const std::string_view rest = text.substr(std::min(position, text.size()));
  if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) return "";
  const std::string_view inside = rest.substr(1, rest.find(rest[0], 1) - 1);
  if (inside.find_first_not_of(" \t\n") != std::string_view::npos) return "";
  const auto breaks = std::count(inside.begin(), inside.end(), '\n');
  return std::string(breaks > 1 ? static_cast<size_t>(breaks - 1) : 0, '\n');
}

std::string repaired_escapes(std::string text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = code_point(text, at).length;
    if (length == 0) text.insert(at, 1, '\xC2');
    at += length == 0 ? 2 : length;
  }
  return text;
}

bool is_marked_key(std::string_view text, size_t position) {
  if (position == 0) return false;
  const size_t before = text.find_last_not_of(" \t\n", position - 1);
  return before != std::string_view::npos && text[before] == '?';
}

bool has_colon(std::string_view text, size_t position, std::string_view key) {
  size_t at = skip_properties(text, position);
  if (is_quote(text, at)) {
    at = end_of_quoted(text, at);
  } else {
    if (text.substr(at, key.size()) != key) return false;
    at += key.size();
  }
  at = at == std::string_view::npos ? at : text.find_first_not_of(" \t", at);
  return at != std::string_view::npos && text[at] == ':';
}

std::string base64_decode(std::string_view text) {
  std::string data;
  uint32_t group = 0;
  int num_digits = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') continue;
    if (c == '=') break;
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos)
      throw ConfigError({.what = fmt::format("'{}' in binary data", c), .expected = "base64"});
    group = group << 6 | static_cast<uint32_t>(digit);
    if (++num_digits == 4) {
      data +=
          {static_cast<char>(group >> 16), static_cast<char>(group >> 8), static_cast<char>(group)};
      group = 0;
      num_digits = 0;
    }
  }
  const auto padding = std::count(text.begin(), text.end(), '=');
  if (num_digits == 1 || (num_digits > 0 && padding < 4 - num_digits)) {
    throw ConfigError(
        {.what = "binary data ends within a byte", .expected = "base64, padded with '='"});
  }
  if (num_digits == 2) data += static_cast<char>(group >> 4);
  if (num_digits == 3) data += {static_cast<char>(group >> 10), static_cast<char>(group >> 2)};
  return data;
}

}  // namespace twinset
