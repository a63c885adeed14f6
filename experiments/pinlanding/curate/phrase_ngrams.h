#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/options.h"

namespace twinset::pinlanding {

struct HashedNgramsOptions {
  int64_t dim = 1024;
  int64_t shortest = 2;
  int64_t longest = 4;
  double word_weight = 1.0;

  template <class V>
  void visit(V&& v) {
    v("dim", dim,
      Field{.help = "width of the embedding; n-grams that meet in one place add up", .min = 8});
    v("shortest", shortest,
      Field{.help = "characters of the shortest n-gram", .min = 1, .max = 16});
    v("longest", longest, Field{.help = "characters of the longest", .min = 1, .max = 16});
    v("word_weight", word_weight,
      Field{.help = "of a whole word beside its n-grams, which weigh 1", .min = 0});
  }
};

/// Phrases as hashed bags of character n-grams and words, the embedding that needs no model.
///
/// A phrase is written "^word^word^", a hyphen like a space; each n-gram and word adds +-1 (its
/// sign is hashed too) times its weight log((1 + P) / (1 + P_g)) + 1 with P phrases, of which P_g
/// hold it: what all values of a family share ("fit", "neck") says little. Rows are unit vectors.
/// The cosine of two phrases approximates that of their exact bags, the better the larger `dim` is.
///
/// @return [phrases, dim] row by row
/// Source: Weinberger et al. 2009, arXiv:0902.2206 (signed feature hashing).
std::vector<float> hashed_ngrams(const std::vector<std::string>& phrases,
                                 const HashedNgramsOptions& options);

/// The features of a phrase, each once with how often it occurs; what `hashed_ngrams` hashes.
std::vector<std::pair<std::string, double>> ngram_features(const std::string& phrase,
                                                           const HashedNgramsOptions& options);

}  // namespace twinset::pinlanding
