// One spelling for queries that mean the same.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "framework/core/options.h"

namespace twinset::pinlanding {

struct NormaliseOptions {
  bool lower_case = true;
  bool strip_accents = false;
  std::string keep_punctuation = "-'&%/+#.";
  std::string plural = "english";
  Node spelling = default_spelling();
  bool ignore_word_order = false;

  static Node default_spelling();

  template <class V>
  void visit(V&& v) {
    v("lower_case", lower_case, Field{.help = "full Unicode case folding"});
    v("strip_accents", strip_accents, Field{.help = "marks above and below letters are dropped"});
    v("keep_punctuation", keep_punctuation,
      Field{.help = "characters that stay within a word; other punctuation separates words"});
    v("plural", plural,
      Field{.help = "queries that differ in the plural are one", .choices = {"english", "none"}});
    v("spelling", spelling,
      Field{.help = "words that are another spelling of a word, {grey: gray}"});
    v("ignore_word_order", ignore_word_order, Field{.help = "queries of the same words are one"});
  }
};

/// Compatible Unicode composition (NFKC), case, accents, punctuation, and one blank between words.
/// @throws DataError if the text is no UTF-8
std::string normalise_query(std::string_view text, const NormaliseOptions& options,
                            const std::string& where);

/// What queries that count as one have in common: the words of a normalised query in the singular
/// and in one spelling. Not for people.
std::string intent_key(const std::string& normalised, const NormaliseOptions& options);

/// An English word in the singular, for grouping: "dresses" and "dress", "women's" and "women" are
/// one; "jeans" becomes "jean".
std::string english_singular(const std::string& word);

}  // namespace twinset::pinlanding
