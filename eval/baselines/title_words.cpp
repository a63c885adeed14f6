#include "eval/baselines/title_words.h"

namespace twinset {
namespace {

bool is_ascii_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// What a regular expression's \b takes for a part of a word.
bool joins_word(char c) {
  return is_ascii_word(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

std::string normalise(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string joined;
  for (size_t i = 0; i < lower.size(); ++i) {
    const bool starts_word = i == 0 || !joins_word(lower[i - 1]);
    const bool is_shirt =
        lower.compare(i, 7, "t-shirt") == 0 || lower.compare(i, 7, "t shirt") == 0;
    if (starts_word && is_shirt) {
      joined += "tshirt";
      i += 6;
    } else {
      joined += lower[i];
    }
  }
  std::string result;
  for (size_t i = 0; i < joined.size(); ++i) {
    if (joined.compare(i, 2, "'s") != 0) result += joined[i];
  }
  return result;
}

std::string stem(std::string word) {
  for (const char* ending : {"sses", "shes", "ches", "xes"}) {
    if (word.ends_with(ending)) return word.substr(0, word.size() - 2);
  }
  if (word.ends_with("ies") && word.size() > 4) return word.substr(0, word.size() - 3) + "y";
  if (word.ends_with("s") && !word.ends_with("us") && !word.ends_with("ss") && word.size() > 3)
    word.pop_back();
  return word;
}

}  // namespace

std::vector<std::string> title_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : normalise(text) + ' ') {
    if (is_ascii_word(c)) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(stem(std::move(word)));
      word.clear();
    }
  }
  return words;
}

}  // namespace twinset
