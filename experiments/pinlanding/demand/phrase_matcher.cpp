#include "experiments/pinlanding/demand/phrase_matcher.h"

#include <algorithm>

#include "experiments/pinlanding/demand/table_log.h"
#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

// Word order counts in a phrase, whatever it does between queries.
std::string phrase_key(const std::string& normalised, NormaliseOptions options) {
  options.ignore_word_order = false;
  return intent_key(normalised, options);
}

}  // namespace

void PhraseMatcher::add(const std::string& phrase, const Attribute& attribute,
                        const std::string& where) {
  const std::string key = phrase_key(normalise_query(phrase, options_, where), options_);
  if (key.empty()) return;
  attributes_.try_emplace(key, attribute);
  most_words_ = std::max(most_words_, words_of(key).size());
}

std::vector<Attribute> PhraseMatcher::match(const std::string& normalised) const {
  const std::vector<std::string> words = words_of(phrase_key(normalised, options_));
  std::vector<Attribute> found;
  for (size_t begin = 0; begin < words.size();) {
    size_t count = std::min(most_words_, words.size() - begin);
    for (; count > 0; --count) {
      std::string phrase = words[begin];
      for (size_t i = 1; i < count; ++i) phrase += " " + words[begin + i];
      const auto entry = attributes_.find(phrase);
      if (entry == attributes_.end()) continue;
      const Attribute& attribute = entry->second;
      const bool is_known = std::any_of(found.begin(), found.end(), [&](const Attribute& a) {
        return a.key == attribute.key && a.value == attribute.value;
      });
      if (!is_known) found.push_back(attribute);
      break;
    }
    begin += std::max<size_t>(count, 1);
  }
  return found;
}

void read_phrases(const std::filesystem::path& file, PhraseMatcher& matcher) {
  for_each_row(file, {"family", "phrase", "value"},
               [&](const std::vector<std::string>& cells, const std::string& where) {
                 if (cells[0].empty() || cells[1].empty() || cells[2].empty())
                   throw DataError({.where = where,
                                    .what = "has an empty cell",
                                    .expected = "family, phrase and value"});
                 matcher.add(cells[1], {cells[0], cells[2]}, where);
               });
  if (matcher.size() == 0)
    throw DataError({.where = file.string(),
                     .what = "holds no phrase",
                     .expected = "rows of family, phrase and value"});
}

}  // namespace twinset::pinlanding
