#include <ATen/core/Tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "eval/evaluate.h"
#include "framework/core/error.h"
#include "tests/eval/memory_dataset.h"
#include "tests/eval/random_embeddings.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using testing::random_embeddings;
using ::testing::ThrowsMessage;

// The vocabulary of six_garments, by family, then value:
// type: Dresses 0, Tshirts 1, Watches 2; colour: Black 3, Red 4, White 5; gender: Men 6, Women 7.
struct Garments {
  testing::MemoryDataset products = testing::six_garments();
  AttributeVocabulary vocabulary = AttributeVocabulary::build(
      products, VocabularyOptions{.keys = {"type", "colour", "gender"}, .min_count = 1});
  SparsePairs labels = label_table(products, vocabulary);
  EvaluationTruth truth{labels, vocabulary};
};

EvaluationOptions options_with_tuples() {
  EvaluationOptions options;
  options.num_threads = 2;
  options.block_products = 4;
  options.attribute_to_product.cut = 2;
  options.tuple_to_product = {.keys = {"type", "colour"}, .least = 1, .cut = 2};
  return options;
}

double metric(const Metrics& metrics, const std::string& name) {
  const double* value = find_metric(metrics, name);
  if (value == nullptr) ADD_FAILURE() << "no metric " << name;
  return value == nullptr ? NAN : *value;
}

// Truth scores 1, all else 0.
std::vector<double> perfect_scores(const Garments& garments) {
  std::vector<double> values(6 * 8);
  for (int64_t i = 0; i < 6; ++i) {
    for (const int64_t column : garments.labels.row(i))
      values[static_cast<size_t>(i * 8 + column)] = 1.0;
  }
  return values;
}

TEST(Tuples, AreTheFrequentCombinations) {
  const Garments garments;
  const auto found = tuples(garments.labels, garments.vocabulary, {"colour", "type"}, 2);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].columns, (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(found[0].num_products, 2);
  EXPECT_EQ(tuple_phrase(found[0], garments.vocabulary), "Tshirts Black");
}

TEST(Tuples, LeaveOutProductsWithoutAKey) {
  const Garments garments;
  EXPECT_EQ(tuples(garments.labels, garments.vocabulary, {"type", "colour", "gender"}, 1).size(),
            3u);
}

TEST(Tuples, CountEveryCombinationOfSeveralValues) {
  const testing::MemoryDataset products(
      {{"1", "", {{"a", "x"}, {"a", "y"}, {"b", "z"}}}, {"2", "", {{"a", "y"}, {"b", "z"}}}});
  const auto vocabulary =
      AttributeVocabulary::build(products, VocabularyOptions{.keys = {"a", "b"}, .min_count = 1});
  const auto found = tuples(label_table(products, vocabulary), vocabulary, {"a", "b"}, 1);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].num_products, 1);
  EXPECT_EQ(found[1].num_products, 2);
}

TEST(Tuples, NameTheNearestFamily) {
  const Garments garments;
  EXPECT_THAT(
      [&] { tuples(garments.labels, garments.vocabulary, {"color"}, 1); },
      ThrowsMessage<ConfigError>(AllOf(HasSubstr("tuple_keys: unknown attribute family 'color'"),
                                       HasSubstr("did you mean 'colour'?"))));
  EXPECT_THAT(
      [&] {
        tuples(garments.labels, garments.vocabulary, {"type", "type"}, 1);
      },
      ThrowsMessage<ConfigError>(HasSubstr("'type' occurs twice")));
}

TEST(Evaluate, PerfectScoresReachEveryCeiling) {
  const Garments garments;
  const Metrics metrics = evaluate_scores(MatrixScores(perfect_scores(garments), 8), nullptr, 5.0,
                                          garments.truth, options_with_tuples());
  for (const char* name :
       {"product_to_attribute.hit@1", "product_to_attribute.recall@5", "product_to_attribute.map",
        "product_to_attribute.accuracy.type", "product_to_attribute.family.colour.map",
        "product_to_attribute.band.tail.recall@5", "attribute_to_product.precision@2",
        "attribute_to_product.capped_precision@2", "attribute_to_product.band.head.precision@2",
        "tuple_to_product.sum.capped_precision@2",
        "tuple_to_product.within_family.capped_precision@2"}) {
    EXPECT_DOUBLE_EQ(metric(metrics, name), 1.0) << name;
  }
  EXPECT_EQ(metric(metrics, "product_to_attribute.num_products"), 6);
  EXPECT_EQ(metric(metrics, "attribute_to_product.num_attributes"), 5);
  EXPECT_EQ(metric(metrics, "attribute_to_product.num_attributes_capped"), 8);
  EXPECT_EQ(metric(metrics, "tuple_to_product.num_tuples"), 5);
  EXPECT_DOUBLE_EQ(metric(metrics, "tuple_to_product.sum.precision@2"), (1.0 + 4 * 0.5) / 5);
  EXPECT_DOUBLE_EQ(metric(metrics, "tuple_to_product.ceiling.precision@2"), (1.0 + 4 * 0.5) / 5);
}

TEST(Evaluate, ValuesOfQueriesAverageToTheMetric) {
  const Garments garments;
  std::vector<double> scores;
  for (int i = 0; i < 6 * 8; ++i) scores.push_back((i * 37 % 11) / 11.0);
  std::vector<IndexedValues> queries;
  const Metrics metrics = evaluate_scores(MatrixScores(scores, 8), nullptr, 5.0, garments.truth,
                                          options_with_tuples(), {}, &queries);
  EXPECT_GE(queries.size(), 12u);
  for (const IndexedValues& values : queries) {
    ASSERT_EQ(values.queries.size(), values.values.size()) << values.metric;
    double sum = 0.0;
    for (const double value : values.values) sum += value;
    EXPECT_NEAR(sum / static_cast<double>(values.values.size()), metric(metrics, values.metric),
                1e-12)
        << values.metric;
  }
}

TEST(Evaluate, MacroRecallCountsARareAttributeAsMuchAsAFrequentOne) {
  const Garments garments;
  std::vector<double> scores;
  for (int i = 0; i < 6 * 8; ++i) scores.push_back((i * 37 % 11) / 11.0);
  const Metrics metrics =
      evaluate_scores(MatrixScores(scores, 8), nullptr, 0.0, garments.truth, options_with_tuples());
  double sum = 0.0;
  for (int64_t column = 0; column < 8; ++column) {
    double found = 0.0, count = 0.0;
    for (int64_t i = 0; i < 6; ++i) {
      const auto labels = garments.labels.row(i);
      if (std::find(labels.begin(), labels.end(), column) == labels.end()) continue;
      count += 1;
      const std::vector<int64_t> only = {column};
      found +=
          positive_ranks(std::span(scores).subspan(static_cast<size_t>(i * 8), 8), only).front() <=
          5;
    }
    sum += found / count;
  }
  EXPECT_NEAR(metric(metrics, "product_to_attribute.macro.recall@5"), sum / 8, 1e-12);
}

TEST(Evaluate, GroupsTakeOtherTrueAttributesOutOfTheRanking) {
  const Garments garments;
  std::vector<double> scores(6 * 8);
  // Product 0 is Tshirts (1), Black (3), Men (6): the ranking is 6, 3, 4 (wrong), 1.
  for (const auto& [column, score] : {std::pair{6, 0.9}, {3, 0.8}, {4, 0.7}, {1, 0.6}})
    scores[static_cast<size_t>(column)] = score;
  SparsePairs labels;
  labels.num_columns = 8;
  labels.add_row(garments.labels.row(0));
  scores.resize(8);
  EvaluationOptions options;
  const Metrics metrics = evaluate_scores(MatrixScores(scores, 8), nullptr, 0.0,
                                          {labels, garments.vocabulary}, options);
  EXPECT_DOUBLE_EQ(metric(metrics, "product_to_attribute.map"), (1.0 + 1.0 + 3.0 / 4) / 3);
  EXPECT_DOUBLE_EQ(metric(metrics, "product_to_attribute.family.type.map"), 0.5);
  EXPECT_DOUBLE_EQ(metric(metrics, "product_to_attribute.family.colour.map"), 1.0);
  EXPECT_DOUBLE_EQ(metric(metrics, "product_to_attribute.family.type.hit@1"), 0.0);
}

TEST(Evaluate, LogFrequencyUndoesThePriorOfInBatchSampling) {
  const Garments garments;
  const double inverse_temperature = 4.0;
  // Scores that in-batch sampling leads to: the truth less the log frequency.
  std::vector<double> scores = perfect_scores(garments);
  const auto terms = log_frequency_terms(garments.vocabulary.counts(), 6, inverse_temperature);
  for (size_t i = 0; i < scores.size(); ++i) scores[i] = 0.1 * scores[i] - terms[i % 8];
  const Metrics metrics = evaluate_scores(MatrixScores(scores, 8), nullptr, inverse_temperature,
                                          garments.truth, options_with_tuples());
  EXPECT_LT(metric(metrics, "product_to_attribute.map"), 0.9);
  EXPECT_DOUBLE_EQ(metric(metrics, "product_to_attribute.log_frequency.map"), 1.0);
  EXPECT_DOUBLE_EQ(metric(metrics, "product_to_attribute.log_frequency.accuracy.colour"), 1.0);
}

TEST(Evaluate, LogFrequencyTermIsLogOfShareOverInverseTemperature) {
  EXPECT_DOUBLE_EQ(log_frequency_terms({1, 4}, 8, 2.0)[1], std::log(0.5) / 2);
  EXPECT_THAT(
      [] {
        log_frequency_terms({3, 0}, 8, 2.0);
      },
      ThrowsMessage<DataError>(HasSubstr("attribute 1 occurs on no training product")));
  EXPECT_THAT(
      [] {
        log_frequency_terms({3, 1}, 8, 0.0);
      },
      ThrowsMessage<ConfigError>(HasSubstr("expected > 0")));
}

TEST(Evaluate, DoesNotDependOnThreadsOrBlocks) {
  const Garments garments;
  EvaluationInput input{.product_embeddings = random_embeddings(6, 5, 1),
                        .attribute_embeddings = random_embeddings(8, 5, 2),
                        .phrase_embeddings = random_embeddings(5, 5, 3),
                        .inverse_temperature = 10.0,
                        .labels = &garments.labels,
                        .vocabulary = &garments.vocabulary};
  EvaluationOptions options = options_with_tuples();
  options.num_threads = 1;
  const Metrics one = evaluate(input, options);
  options.num_threads = 3;
  EXPECT_EQ(evaluate(input, options), one);
  options.block_products = 1;
  const Metrics rows = evaluate(input, options);
  ASSERT_EQ(rows.size(), one.size());
  for (size_t i = 0; i < rows.size(); ++i)
    EXPECT_NEAR(rows[i].second, one[i].second, 1e-6) << rows[i].first;
}

TEST(Evaluate, MatchesNaiveLoops) {
  const Garments garments;
  const double inverse_temperature = 3.0;
  const at::Tensor noise = random_embeddings(6, 8, 9);
  std::vector<double> scores(noise.const_data_ptr<float>(), noise.const_data_ptr<float>() + 48);
  const Metrics metrics = evaluate_scores(MatrixScores(scores, 8), nullptr, inverse_temperature,
                                          garments.truth, options_with_tuples());
  const auto score = [&](int64_t product, int64_t column) {
    return scores[static_cast<size_t>(product * 8 + column)];
  };
  const auto has = [&](int64_t product, int64_t column) {
    for (const int64_t label : garments.labels.row(product)) {
      if (label == column) return true;
    }
    return false;
  };

  double precision = 0.0, num_attributes = 0.0;
  for (int64_t column = 0; column < 8; ++column) {
    if (garments.vocabulary.counts()[static_cast<size_t>(column)] < 2) continue;
    std::vector<double> of_column;
    std::vector<int64_t> relevant;
    for (int64_t product = 0; product < 6; ++product) {
      of_column.push_back(score(product, column));
      if (has(product, column)) relevant.push_back(product);
    }
    precision += expected_hits_at_k(of_column, relevant, 2) / 2;
    ++num_attributes;
  }
  EXPECT_NEAR(metric(metrics, "attribute_to_product.precision@2"), precision / num_attributes,
              1e-12);

  const auto log_softmax = [&](int64_t product, int64_t column, int64_t first, int64_t last) {
    double sum = 0.0;
    for (int64_t other = first; other <= last; ++other)
      sum += std::exp(inverse_temperature * score(product, other));
    return inverse_temperature * score(product, column) - std::log(sum);
  };
  double within_family = 0.0, num_tuples = 0.0;
  for (int64_t type = 0; type <= 2; ++type) {
    for (int64_t colour = 3; colour <= 5; ++colour) {
      std::vector<double> of_tuple;
      std::vector<int64_t> relevant;
      for (int64_t product = 0; product < 6; ++product) {
        of_tuple.push_back(log_softmax(product, type, 0, 2) + log_softmax(product, colour, 3, 5));
        if (has(product, type) && has(product, colour)) relevant.push_back(product);
      }
      if (relevant.empty()) continue;
      within_family += expected_hits_at_k(of_tuple, relevant, 2) / 2;
      ++num_tuples;
    }
  }
  EXPECT_NEAR(metric(metrics, "tuple_to_product.within_family.precision@2"),
              within_family / num_tuples, 1e-12);
}

TEST(Evaluate, LeavesOutWhatHasNoCase) {
  const Garments garments;
  EvaluationOptions options;
  const Metrics metrics = evaluate_scores(MatrixScores(perfect_scores(garments), 8), nullptr, 0.0,
                                          garments.truth, options);
  EXPECT_EQ(find_metric(metrics, "attribute_to_product.precision@10"), nullptr)
      << "no attribute has ten products";
  EXPECT_NE(find_metric(metrics, "attribute_to_product.capped_precision@10"), nullptr);
  EXPECT_EQ(find_metric(metrics, "tuple_to_product.sum.precision@10"), nullptr)
      << "no tuple keys were given";
  EXPECT_EQ(find_metric(metrics, "product_to_attribute.log_frequency.map"), nullptr)
      << "the scores have no scale";
}

TEST(Evaluate, RefusesWhatDoesNotFit) {
  const Garments garments;
  EvaluationInput input{.product_embeddings = random_embeddings(5, 4, 1),
                        .attribute_embeddings = random_embeddings(8, 4, 2),
                        .labels = &garments.labels,
                        .vocabulary = &garments.vocabulary};
  EXPECT_THAT([&] { evaluate(input, {}); },
              ThrowsMessage<ShapeError>(HasSubstr(
                  "there are 5 product rows, expected 6, one for each row of the label table")));
  input.product_embeddings = random_embeddings(6, 3, 1);
  EXPECT_THAT([&] { evaluate(input, {}); },
              ThrowsMessage<ShapeError>(
                  HasSubstr("product embeddings are [6, 3], attribute embeddings [8, 4]")));
  input.product_embeddings = random_embeddings(6, 4, 1);
  input.product_embeddings.data_ptr<float>()[4] = NAN;
  EXPECT_THAT([&] { evaluate(input, {}); },
              ThrowsMessage<DataError>(HasSubstr("product embedding 1 has the length nan")));
}

}  // namespace
}  // namespace twinset
