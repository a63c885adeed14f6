#include "eval/protocols/tuple_to_product.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "eval/groups.h"
#include "eval/top_hits.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

// Precision over tuples; what the score of a product with a tuple is, is the subclass's.
class TupleProtocol : public Protocol {
 public:
  TupleProtocol(const EvaluationTruth& truth, const std::vector<AttributeTuple>& tuples,
                const TupleToProductOptions& options)
      : truth_(truth),
        tuples_(tuples),
        options_(options),
        top_(tuples.size(), TopHits(options.cut)) {}

  void report(const std::string& prefix, Metrics& metrics) const override {
    Mean precision, capped;
    for (size_t t = 0; t < tuples_.size(); ++t) {
      const double hits = top_[t].expected_hits();
      precision.add(hits / static_cast<double>(options_.cut));
      capped.add(hits / static_cast<double>(std::min(options_.cut, tuples_[t].num_products)));
    }
    precision.report(fmt::format("{}.precision@{}", prefix, options_.cut), metrics);
    capped.report(fmt::format("{}.capped_precision@{}", prefix, options_.cut), metrics);
  }

  void report_queries(const std::string& prefix,
                      std::vector<IndexedValues>& values) const override {
    IndexedValues precision{
        fmt::format("{}.precision@{}", prefix, options_.cut), QueryKind::kTuple, {}, {}};
    for (size_t t = 0; t < tuples_.size(); ++t) {
      precision.queries.push_back(static_cast<int64_t>(t));
      precision.values.push_back(top_[t].expected_hits() / static_cast<double>(options_.cut));
    }
    values.push_back(std::move(precision));
  }

 protected:
  // Offers the score of each (tuple, product) of the block; score(i, t) has row i and tuple t.
  template <class Score>
  void offer(const ScoreBlock& block, int num_threads, const Score& score) {
    parallel_for(static_cast<int64_t>(tuples_.size()), num_threads, [&](int64_t index) {
      const auto t = static_cast<size_t>(index);
      for (int64_t i = 0; i < block.num_products; ++i) {
        const double value = score(i, t);
        if (top_[t].may_enter(value))
          top_[t].add(value, has_all(block.first_product + i, tuples_[t]));
      }
    });
  }

  EvaluationTruth truth_;
  std::vector<AttributeTuple> tuples_;

 private:
  bool has_all(int64_t product, const AttributeTuple& tuple) const {
    const auto labels = truth_.labels.row(product);
    return std::all_of(tuple.columns.begin(), tuple.columns.end(), [&](int64_t column) {
      return std::binary_search(labels.begin(), labels.end(), column);
    });
  }

  TupleToProductOptions options_;
  std::vector<TopHits> top_;
};

double sum_of(std::span<const double> scores, const AttributeTuple& tuple) {
  double sum = 0.0;
  for (const int64_t column : tuple.columns) sum += scores[static_cast<size_t>(column)];
  return sum;
}

class SummedTuples : public TupleProtocol {
 public:
  using TupleProtocol::TupleProtocol;
  void add(const ScoreBlock& block, int num_threads) override {
    offer(block, num_threads,
          [&](int64_t i, size_t t) { return sum_of(block.row(i), tuples_[t]); });
  }
};

class PhraseTuples : public TupleProtocol {
 public:
  using TupleProtocol::TupleProtocol;
  void add(const ScoreBlock& block, int num_threads) override {
    offer(block, num_threads, [&](int64_t i, size_t t) { return block.row(i)[t]; });
  }
};

class WithinFamilyTuples : public TupleProtocol {
 public:
  WithinFamilyTuples(const EvaluationTruth& truth, const std::vector<AttributeTuple>& tuples,
                     const TupleToProductOptions& options, double inverse_temperature)
      : TupleProtocol(truth, tuples, options), inverse_temperature_(inverse_temperature) {
    const auto all_families = columns_of_families(truth.vocabulary);
    if (tuples.empty()) return;
    for (const int64_t column : tuples.front().columns) {
      const int64_t family = truth.vocabulary.family_of()[static_cast<size_t>(column)];
      families_.push_back(all_families[static_cast<size_t>(family)]);
    }
  }

  void add(const ScoreBlock& block, int num_threads) override {
    ScoreBlock log_softmax = block;
    parallel_for(block.num_products, num_threads, [&](int64_t i) {
      for (const auto& columns : families_) normalise(columns, log_softmax.row(i));
    });
    offer(block, num_threads,
          [&](int64_t i, size_t t) { return sum_of(log_softmax.row(i), tuples_[t]); });
  }

 private:
  void normalise(const std::vector<int64_t>& columns, std::span<double> row) const {
    double largest = -INFINITY, sum = 0.0;
    for (const int64_t c : columns)
      largest = std::max(largest, inverse_temperature_ * row[static_cast<size_t>(c)]);
    for (const int64_t c : columns)
      sum += std::exp(inverse_temperature_ * row[static_cast<size_t>(c)] - largest);
    const double log_sum = largest + std::log(sum);
    for (const int64_t c : columns) {
      double& value = row[static_cast<size_t>(c)];
      value = inverse_temperature_ * value - log_sum;
    }
  }

  double inverse_temperature_;
  std::vector<std::vector<int64_t>> families_;  // columns of each key's family
};

}  // namespace

std::unique_ptr<Protocol> make_tuple_to_product(const EvaluationTruth& truth,
                                                const std::vector<AttributeTuple>& tuples,
                                                const TupleToProductOptions& options,
                                                TupleScoring scoring, double inverse_temperature) {
  if (scoring == TupleScoring::kSum) return std::make_unique<SummedTuples>(truth, tuples, options);
  return std::make_unique<WithinFamilyTuples>(truth, tuples, options, inverse_temperature);
}

std::unique_ptr<Protocol> make_phrase_to_product(const EvaluationTruth& truth,
                                                 const std::vector<AttributeTuple>& tuples,
                                                 const TupleToProductOptions& options) {
  return std::make_unique<PhraseTuples>(truth, tuples, options);
}

double tuple_precision_ceiling(const std::vector<AttributeTuple>& tuples, int64_t cut) {
  double sum = 0.0;
  for (const AttributeTuple& tuple : tuples) {
    sum += static_cast<double>(std::min(cut, tuple.num_products)) / static_cast<double>(cut);
  }
  return tuples.empty() ? 0.0 : sum / static_cast<double>(tuples.size());
}

}  // namespace twinset
