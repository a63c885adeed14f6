// How shoppers phrase what they want: an n-gram language model of the search log.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "experiments/pinlanding/records/intents.h"

namespace twinset::pinlanding {

/// A trigram model of word sequences with interpolated Witten-Bell smoothing.
///
/// \f$ p(w|h) = \frac{c(hw) + T(h)\,p(w|h')}{c(h) + T(h)} \f$ with T(h) distinct words after h, h'
/// the history without its first word, and the uniform distribution over the V words and one
/// unknown word below the unigrams.
///
/// Source: Witten and Bell 1991, IEEE Trans. Information Theory 37(4); Chen and Goodman 1999,
/// section 2.5.
class TrigramModel {
 public:
  /// A text's words, counted `count` times. All before the first probability.
  void add(const std::vector<std::string>& words, double count);
  /// p(word | the last two of history); "" as word is the end of the text.
  double probability(const std::vector<std::string>& history, const std::string& word) const;
  /// The mean of log p over the words and the end, in nats.
  double mean_log_probability(const std::vector<std::string>& words) const;

 private:
  struct History {
    double count = 0;
    std::unordered_map<std::string, double> next;
  };
  double smoothed(const std::vector<std::string>& history, size_t first,
                  const std::string& word) const;

  std::unordered_map<std::string, History> histories_;  // by the words, each with a blank behind it
};

/// How usual a phrasing is: the share of searches that are phrased no better than a text, by the
/// trigram model.
///
/// Every second query of the log, in its order, trains the model; the others, weighted by their
/// searches, are the yardstick, so that no query is measured by a model that has seen it.
class QueryPhrasing {
 public:
  /// @throws DataError for fewer than two queries with words
  explicit QueryPhrasing(const std::vector<Intent>& log);
  /// From 0 to 1.
  double score(const std::string& text) const;

 private:
  TrigramModel model_;
  std::vector<std::pair<double, double>>
      yardstick_;  // score and cumulative share of searches, ascending
};

}  // namespace twinset::pinlanding
