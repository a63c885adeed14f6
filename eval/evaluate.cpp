#include "eval/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

using NamedProtocols = std::vector<std::pair<std::string, std::unique_ptr<Protocol>>>;

void check_shape(const char* what, int64_t actual, const char* expected_of, int64_t expected) {
  if (actual == expected) return;
  throw ShapeError({.where = "evaluation",
                    .what = fmt::format("there are {} {}", actual, what),
                    .expected = fmt::format("{}, one for each {}", expected, expected_of)});
}

void add_to_all(NamedProtocols& protocols, const ScoreBlock& block, int num_threads) {
  for (auto& [prefix, protocol] : protocols) protocol->add(block, num_threads);
}

void report_all(const NamedProtocols& protocols, Metrics& metrics) {
  for (const auto& [prefix, protocol] : protocols) protocol->report(prefix, metrics);
}

template <class Use>
void for_each_block(const ScoreSource& scores, int64_t block_products, const Use& use) {
  for (int64_t first = 0; first < scores.num_products(); first += block_products) {
    use(scores.rows(first, std::min(block_products, scores.num_products() - first)));
  }
}

void add_columns(const std::vector<double>& terms, ScoreBlock& block) {
  for (int64_t i = 0; i < block.num_products; ++i) {
    const auto row = block.row(i);
    for (size_t column = 0; column < terms.size(); ++column) row[column] += terms[column];
  }
}

}  // namespace

Metrics evaluate_scores(const ScoreSource& scores, const ScoreSource* phrases,
                        double inverse_temperature, const EvaluationTruth& truth,
                        const EvaluationOptions& options, const ScoredProtocols& protocols,
                        std::vector<IndexedValues>* queries) {
  check_shape("product rows", scores.num_products(), "row of the label table",
              truth.labels.num_rows());
  check_shape("attribute columns", scores.num_columns(), "phrase of the vocabulary",
              truth.vocabulary.size());
  check_shape("columns of the label table", truth.labels.num_columns, "phrase of the vocabulary",
              truth.vocabulary.size());
  const TupleToProductOptions& tuple_options = options.tuple_to_product;
  const auto all_tuples =
      tuples(truth.labels, truth.vocabulary, tuple_options.keys, tuple_options.least);
  const int num_threads = options.num_threads > 0 ? options.num_threads : available_cores();
  const bool has_scale = inverse_temperature > 0;
  const auto tuple_protocol = [&](TupleScoring scoring) {
    return make_tuple_to_product(truth, all_tuples, tuple_options, scoring, inverse_temperature);
  };

  NamedProtocols plain, adjusted, of_phrases;
  if (protocols.product_to_attribute) {
    plain.emplace_back("product_to_attribute",
                       make_product_to_attribute(truth, options.product_to_attribute));
  }
  if (protocols.attribute_to_product) {
    plain.emplace_back("attribute_to_product",
                       make_attribute_to_product(truth, options.attribute_to_product));
  }
  if (protocols.tuple_sum)
    plain.emplace_back("tuple_to_product.sum", tuple_protocol(TupleScoring::kSum));
  if (has_scale)
    plain.emplace_back("tuple_to_product.within_family",
                       tuple_protocol(TupleScoring::kWithinFamily));
  std::vector<double> terms;
  if (has_scale && options.log_frequency) {
    terms = log_frequency_terms(truth.vocabulary.counts(), truth.vocabulary.num_products(),
                                inverse_temperature);
    adjusted.emplace_back("product_to_attribute.log_frequency",
                          make_product_to_attribute(truth, options.product_to_attribute));
    adjusted.emplace_back("tuple_to_product.log_frequency.within_family",
                          tuple_protocol(TupleScoring::kWithinFamily));
  }
  for_each_block(scores, options.block_products, [&](ScoreBlock block) {
    add_to_all(plain, block, num_threads);
    if (adjusted.empty()) return;
    add_columns(terms, block);
    add_to_all(adjusted, block, num_threads);
  });
  if (phrases != nullptr && !all_tuples.empty()) {
    check_shape("product rows of phrase scores", phrases->num_products(), "row of the label table",
                truth.labels.num_rows());
    check_shape("phrase columns", phrases->num_columns(), "tuple",
                static_cast<int64_t>(all_tuples.size()));
    of_phrases.emplace_back("tuple_to_product.phrase",
                            make_phrase_to_product(truth, all_tuples, tuple_options));
    for_each_block(*phrases, options.block_products,
                   [&](const ScoreBlock& block) { add_to_all(of_phrases, block, num_threads); });
  }

  Metrics metrics;
  report_all(plain, metrics);
  report_all(adjusted, metrics);
  report_all(of_phrases, metrics);
  if (queries != nullptr) {
    for (const NamedProtocols* some : {&plain, &adjusted, &of_phrases}) {
      for (const auto& [prefix, protocol] : *some) protocol->report_queries(prefix, *queries);
    }
  }
  if (!tuple_options.keys.empty()) {
    metrics.emplace_back("tuple_to_product.num_tuples", all_tuples.size());
    if (!all_tuples.empty()) {
      metrics.emplace_back(fmt::format("tuple_to_product.ceiling.precision@{}", tuple_options.cut),
                           tuple_precision_ceiling(all_tuples, tuple_options.cut));
    }
  }
  return metrics;
}

Metrics evaluate(const EvaluationInput& input, const EvaluationOptions& options,
                 std::vector<IndexedValues>* queries) {
  TWINSET_CHECK(input.labels != nullptr && input.vocabulary != nullptr,
                "an evaluation has labels and a vocabulary");
  const auto scores = make_embedding_scores(input.product_embeddings, input.attribute_embeddings);
  std::unique_ptr<ScoreSource> phrases;
  if (input.phrase_embeddings.defined() && input.phrase_embeddings.numel() > 0) {
    phrases = make_embedding_scores(input.product_embeddings, input.phrase_embeddings);
  }
  return evaluate_scores(*scores, phrases.get(), input.inverse_temperature,
                         {*input.labels, *input.vocabulary}, options, {}, queries);
}

}  // namespace twinset
