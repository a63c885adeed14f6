// Trivial baselines that stand beside every model: without them a hit@10 near 1 says nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "eval/evaluate.h"
#include "eval/scores.h"
#include "eval/tuples.h"
#include "framework/data/dataset.h"

namespace twinset {

/// Independent uniform scores from a fixed seed: the floor of every number.
std::unique_ptr<ScoreSource> make_random_scores(int64_t num_columns, int64_t num_products);

/// Every product gets the training frequency of each attribute: what is known without looking.
std::unique_ptr<ScoreSource> make_frequency_prior(const AttributeVocabulary& vocabulary,
                                                  int64_t num_products);

/// An attribute whose words (eval/baselines/title_words.h) all occur in the title scores their
/// number, plus the training frequency: longest matches first, the rest by frequency.
std::unique_ptr<ScoreSource> make_title_keywords(const AttributeVocabulary& vocabulary,
                                                 const Dataset& products);

/// BM25 of titles for each attribute's value.
std::unique_ptr<ScoreSource> make_bm25_attributes(const AttributeVocabulary& vocabulary,
                                                  const Dataset& products);
/// BM25 of titles for each tuple's phrase.
std::unique_ptr<ScoreSource> make_bm25_phrases(const AttributeVocabulary& vocabulary,
                                               const Dataset& products,
                                               const std::vector<AttributeTuple>& tuples);

/// A baseline's numbers, under the names that `evaluate` uses.
struct BaselineResult {
  std::string name;  ///< as tables show it
  std::string
      source;  ///< where the numbers were taken from, for published ones; empty: computed here
  Metrics metrics;
  bool is_verified = true;  ///< false: published numbers that were not checked with their source
};

/// "random", "frequency prior", "raw pixels" (eval/baselines/raw_pixels.h), "title keywords +
/// prior" and "BM25 over titles" on a split.
/// BM25 ranks products only: its numbers are attribute_to_product's and tuple_to_product.phrase's.
/// @param train  the training split, for raw pixels; null: without them
std::vector<BaselineResult> evaluate_baselines(const Dataset* train, const Dataset& products,
                                               const EvaluationTruth& truth,
                                               const EvaluationOptions& options);

}  // namespace twinset
