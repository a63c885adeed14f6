#include "eval/baselines/baselines.h"

#include <algorithm>
#include <unordered_set>

#include "eval/baselines/bm25.h"
#include "eval/baselines/raw_pixels.h"
#include "eval/baselines/title_words.h"
#include "framework/core/random.h"

namespace twinset {
namespace {

using Words = std::vector<std::string>;

std::vector<Words> words_of_titles(const Dataset& products) {
  std::vector<Words> words;
  for (int64_t i = 0; i < products.size(); ++i)
    words.push_back(title_words(products.record(i).title));
  return words;
}

std::vector<double> training_frequencies(const AttributeVocabulary& vocabulary) {
  std::vector<double> frequencies;
  for (const int64_t count : vocabulary.counts()) {
    frequencies.push_back(static_cast<double>(count) /
                          static_cast<double>(vocabulary.num_products()));
  }
  return frequencies;
}

// BM25 of every title for every query, as a [products, queries] matrix.
std::unique_ptr<ScoreSource> bm25_matrix(const Dataset& products,
                                         const std::vector<std::string>& queries) {
  const Bm25 bm25(words_of_titles(products), {});
  std::vector<double> values(static_cast<size_t>(products.size()) * queries.size());
  for (size_t q = 0; q < queries.size(); ++q) {
    const std::vector<double> column = bm25.scores(title_words(queries[q]));
    for (size_t i = 0; i < column.size(); ++i) values[i * queries.size() + q] = column[i];
  }
  return std::make_unique<MatrixScores>(std::move(values), static_cast<int64_t>(queries.size()));
}

class RandomScores : public ScoreSource {
 public:
  RandomScores(int64_t num_columns, int64_t num_products)
      : num_columns_(num_columns), num_products_(num_products) {}
  int64_t num_products() const override { return num_products_; }
  int64_t num_columns() const override { return num_columns_; }
  ScoreBlock rows(int64_t first, int64_t count) const override {
    ScoreBlock block{first, count, num_columns_, {}};
    for (int64_t i = first; i < first + count; ++i) {
      CounterRandom random(
          {.seed = 1, .sample = static_cast<uint64_t>(i), .purpose = "random scores"});
      for (int64_t column = 0; column < num_columns_; ++column)
        block.values.push_back(random.uniform());
    }
    return block;
  }

 private:
  int64_t num_columns_;
  int64_t num_products_;
};

class FrequencyPrior : public ScoreSource {
 public:
  FrequencyPrior(const AttributeVocabulary& vocabulary, int64_t num_products)
      : frequencies_(training_frequencies(vocabulary)), num_products_(num_products) {}
  int64_t num_products() const override { return num_products_; }
  int64_t num_columns() const override { return static_cast<int64_t>(frequencies_.size()); }
  ScoreBlock rows(int64_t first, int64_t count) const override {
    ScoreBlock block{first, count, num_columns(), {}};
    for (int64_t i = 0; i < count; ++i)
      block.values.insert(block.values.end(), frequencies_.begin(), frequencies_.end());
    return block;
  }

 private:
  std::vector<double> frequencies_;
  int64_t num_products_;
};

class TitleKeywords : public ScoreSource {
 public:
  TitleKeywords(const AttributeVocabulary& vocabulary, const Dataset& products)
      : frequencies_(training_frequencies(vocabulary)) {
    for (const Words& words : words_of_titles(products))
      titles_.emplace_back(words.begin(), words.end());
    for (const std::string& phrase : vocabulary.phrases())
      attributes_.push_back(title_words(attribute_value(phrase)));
  }
  int64_t num_products() const override { return static_cast<int64_t>(titles_.size()); }
  int64_t num_columns() const override { return static_cast<int64_t>(attributes_.size()); }
  ScoreBlock rows(int64_t first, int64_t count) const override {
    ScoreBlock block{first, count, num_columns(), {}};
    for (int64_t i = first; i < first + count; ++i) {
      const auto& title = titles_[static_cast<size_t>(i)];
      for (size_t column = 0; column < attributes_.size(); ++column) {
        const Words& words = attributes_[column];
        const bool all_occur = std::all_of(words.begin(), words.end(),
                                           [&](const auto& w) { return title.contains(w); });
        block.values.push_back((all_occur ? static_cast<double>(words.size()) : 0.0) +
                               frequencies_[column]);
      }
    }
    return block;
  }

 private:
  std::vector<double> frequencies_;
  std::vector<std::unordered_set<std::string>> titles_;
  std::vector<Words> attributes_;
};

}  // namespace

std::unique_ptr<ScoreSource> make_random_scores(int64_t num_columns, int64_t num_products) {
  return std::make_unique<RandomScores>(num_columns, num_products);
}

std::unique_ptr<ScoreSource> make_frequency_prior(const AttributeVocabulary& vocabulary,
                                                  int64_t num_products) {
  return std::make_unique<FrequencyPrior>(vocabulary, num_products);
}

std::unique_ptr<ScoreSource> make_title_keywords(const AttributeVocabulary& vocabulary,
                                                 const Dataset& products) {
  return std::make_unique<TitleKeywords>(vocabulary, products);
}

std::unique_ptr<ScoreSource> make_bm25_attributes(const AttributeVocabulary& vocabulary,
                                                  const Dataset& products) {
  std::vector<std::string> values;
  for (const std::string& phrase : vocabulary.phrases()) values.push_back(attribute_value(phrase));
  return bm25_matrix(products, values);
}

std::unique_ptr<ScoreSource> make_bm25_phrases(const AttributeVocabulary& vocabulary,
                                               const Dataset& products,
                                               const std::vector<AttributeTuple>& tuples) {
  std::vector<std::string> phrases;
  for (const AttributeTuple& tuple : tuples) phrases.push_back(tuple_phrase(tuple, vocabulary));
  return bm25_matrix(products, phrases);
}

std::vector<BaselineResult> evaluate_baselines(const Dataset* train, const Dataset& products,
                                               const EvaluationTruth& truth,
                                               const EvaluationOptions& options) {
  const AttributeVocabulary& vocabulary = truth.vocabulary;
  const auto all_tuples = tuples(truth.labels, vocabulary, options.tuple_to_product.keys,
                                 options.tuple_to_product.least);
  std::unique_ptr<ScoreSource> phrases;
  if (!all_tuples.empty()) phrases = make_bm25_phrases(vocabulary, products, all_tuples);
  const auto run = [&](const ScoreSource& scores, const ScoreSource* phrase_scores,
                       const ScoredProtocols& protocols) {
    return evaluate_scores(scores, phrase_scores, 0.0, truth, options, protocols);
  };
  const ScoredProtocols products_only{.product_to_attribute = false, .tuple_sum = false};
  std::vector<BaselineResult> results = {
      {"random", "", run(*make_random_scores(vocabulary.size(), products.size()), nullptr, {})},
      {"frequency prior", "",
       run(*make_frequency_prior(vocabulary, products.size()), nullptr, {})}};
  if (train != nullptr)
    results.push_back(
        {"raw pixels", "", run(*make_raw_pixels(*train, products, vocabulary), nullptr, {})});
  results.push_back(
      {"title keywords + prior", "", run(*make_title_keywords(vocabulary, products), nullptr, {})});
  results.push_back(
      {"BM25 over titles", "",
       run(*make_bm25_attributes(vocabulary, products), phrases.get(), products_only)});
  return results;
}

}  // namespace twinset
