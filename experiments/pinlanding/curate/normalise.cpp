#include "experiments/pinlanding/curate/normalise.h"

#include <cstdint>

#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

// One code point of UTF-8 at `place`, which moves behind it; a byte that starts none stands for
// itself.
uint32_t next_code_point(std::string_view text, size_t& place) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(place++);
  const int more = first >= 0xf0 && first < 0xf8 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  if (first < 0x80 || more == 0 || first >= 0xf8 || place + static_cast<size_t>(more) > text.size())
    return first;
  uint32_t code = first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) {
    if ((byte(place + static_cast<size_t>(i)) & 0xc0) != 0x80) return first;
    code = code << 6 | (byte(place + static_cast<size_t>(i)) & 0x3fu);
  }
  place += static_cast<size_t>(more);
  return code;
}

bool is_space(uint32_t c) {
  return c <= ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}
bool is_invisible(uint32_t c) { return c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0xfeff; }
bool is_dash(uint32_t c) {
  return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe63 || c == 0xff0d;
}
bool is_apostrophe(uint32_t c) {
  return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x2032;
}
bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
bool is_kept_ascii(uint32_t c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '/' || c == '%' || c == '&';
}

}  // namespace

std::string normalise_phrase(std::string_view text) {
  std::string result;
  const auto space = [&] {
    if (!result.empty() && result.back() != ' ') result += ' ';
  };
  for (size_t place = 0; place < text.size();) {
    const size_t begin = place;
    uint32_t c = next_code_point(text, place);
    if (is_invisible(c)) continue;
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    if (is_dash(c)) {
      result += '-';
    } else if (is_apostrophe(c)) {
      result += '\'';
    } else if (is_space(c)) {
      space();
    } else if (c < 0x80) {
      const bool is_decimal_point =
          c == '.' && begin > 0 && is_digit(static_cast<uint8_t>(text[begin - 1])) &&
          place < text.size() && is_digit(static_cast<uint8_t>(text[place]));
      if (is_kept_ascii(c) || is_decimal_point)
        result += static_cast<char>(c);
      else
        space();
    } else if (c >= 0xc0 && c <= 0xde && c != 0xd7 && place == begin + 2) {
      result += text[begin];
      result += static_cast<char>(static_cast<uint8_t>(text[begin + 1]) + 0x20);
    } else {
      result += text.substr(begin, place - begin);
    }
  }
  // Dashes and quotes at the ends of words are punctuation.
  std::string words;
  for (const std::string& word : words_of(result)) {
    const size_t first = word.find_first_not_of("-'/&");
    if (first == std::string::npos) continue;
    const size_t last = word.find_last_not_of("-'/&");
    if (!words.empty()) words += ' ';
    words += word.substr(first, last - first + 1);
  }
  return words;
}

std::string squashed(std::string_view phrase) {
  std::string text;
  for (const char c : phrase) {
    if (c != ' ' && c != '-' && c != '\'') text += c;
  }
  return text;
}

std::string spelling_key(std::string_view phrase) {
  std::string key = squashed(phrase);
  if (key.size() > 3 && key.back() == 's') key.pop_back();
  return key;
}

}  // namespace twinset::pinlanding
