#include "experiments/pinlanding/demand/normalise_query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

constexpr std::string_view kTrimmed = "-'/.&+";

bool is_letter_or_number(utf8proc_int32_t code) {
  const auto category = utf8proc_category(code);
  return category <= UTF8PROC_CATEGORY_NO && category != UTF8PROC_CATEGORY_CN;
}

}  // namespace

Node NormaliseOptions::default_spelling() {
  Node spelling = Node::map();
  constexpr std::pair<const char*, const char*> kPairs[] = {{"colour", "color"},
                                                            {"grey", "gray"},
                                                            {"jewellery", "jewelry"},
                                                            {"pyjama", "pajama"},
                                                            {"tshirt", "t-shirt"}};
  for (const auto& [from, to] : kPairs) {
    spelling.set(from, to);
  }
  return spelling;
}

std::string normalise_query(std::string_view text, const NormaliseOptions& options,
                            const std::string& where) {
  int flags = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE;
  if (options.lower_case) flags |= UTF8PROC_CASEFOLD;
  if (options.strip_accents) flags |= UTF8PROC_STRIPMARK;
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                 static_cast<utf8proc_option_t>(flags));
  if (size < 0) throw DataError({.where = where, .what = "the query is no UTF-8"});
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  std::string spaced;
  for (utf8proc_ssize_t i = 0; i < size;) {
    utf8proc_int32_t code = 0;
    const auto length = utf8proc_iterate(mapped + i, size - i, &code);
    const bool is_apostrophe = code == 0x2019 || code == 0x2018;
    if (is_letter_or_number(code))
      spaced.append(reinterpret_cast<const char*>(mapped + i), static_cast<size_t>(length));
    else if (is_apostrophe || (code < 128 && options.keep_punctuation.find(
                                                 static_cast<char>(code)) != std::string::npos))
      spaced += is_apostrophe ? '\'' : static_cast<char>(code);
    else
      spaced += ' ';
    i += length;
  }
  std::string normalised;
  for (const std::string& word : words_of(spaced)) {
    const size_t begin = word.find_first_not_of(kTrimmed);
    if (begin == std::string::npos) continue;
    normalised += (normalised.empty() ? "" : " ") +
                  word.substr(begin, word.find_last_not_of(kTrimmed) - begin + 1);
  }
  return normalised;
}

std::string english_singular(const std::string& word) {
  const auto ends = [&](std::string_view end) {
    return word.size() > end.size() + 1 && std::string_view(word).ends_with(end);
  };
  const auto without = [&](size_t count, const char* end) {
    return word.substr(0, word.size() - count) + end;
  };
  if (ends("'s")) return without(2, "");
  if (word.size() > 4 && ends("ies")) return without(3, "y");
  for (const char* end : {"sses", "shes", "ches", "xes", "zzes"}) {
    if (ends(end)) return without(2, "");
  }
  if (word.size() <= 3 || !ends("s") || ends("ss") || ends("us") || ends("is")) return word;
  return without(1, "");
}

std::string intent_key(const std::string& normalised, const NormaliseOptions& options) {
  std::vector<std::string> words = words_of(normalised);
  for (std::string& word : words) {
    if (options.plural == "english") word = english_singular(word);
    const Node* other = options.spelling.find(word);
    if (other != nullptr && other->is_string()) word = other->as_string();
  }
  if (options.ignore_word_order) std::sort(words.begin(), words.end());
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace twinset::pinlanding
