// What a protocol is: it sees all scores of products with attributes block by block and reports
// named numbers.
#pragma once

#include <string>
#include <vector>

#include "eval/metrics.h"
#include "eval/scores.h"
#include "framework/core/sparse_pairs.h"
#include "framework/data/vocabulary.h"

namespace twinset {

/// What is judged by: the label table [products, V] and the vocabulary. The references must outlive
/// the protocol.
struct EvaluationTruth {
  const SparsePairs& labels;
  const AttributeVocabulary& vocabulary;
};

/// What a metric is a mean over.
enum class QueryKind { kProduct, kAttribute, kTuple };

/// A metric's value of each query, by number: a product's row, an attribute's column, a tuple's
/// place.
struct IndexedValues {
  std::string metric;
  QueryKind kind = QueryKind::kProduct;
  std::vector<int64_t> queries;  ///< ascending
  std::vector<double> values;
};

/// An accumulator over blocks of rows. Blocks come once each, in the order of products.
class Protocol {
 public:
  virtual ~Protocol() = default;
  /// Rows of scores with the whole vocabulary; the work is spread over `num_threads`, the result
  /// does not depend on them.
  virtual void add(const ScoreBlock& block, int num_threads) = 0;
  /// Appends the numbers, each as "<prefix>.<name>"; one without a single case (no attribute with
  /// 10 products, for one) is left out.
  virtual void report(const std::string& prefix, Metrics& metrics) const = 0;
  /// Appends the values that the overall means are made of, under the same names: what two runs are
  /// compared by.
  virtual void report_queries(const std::string& prefix,
                              std::vector<IndexedValues>& values) const = 0;
};

/// A mean that knows whether it has any case.
class Mean {
 public:
  void add(double value) {
    sum_ += value;
    ++count_;
  }
  int64_t count() const { return count_; }
  double value() const { return sum_ / static_cast<double>(count_); }
  void report(const std::string& name, Metrics& metrics) const {
    if (count_ > 0) metrics.emplace_back(name, value());
  }

 private:
  double sum_ = 0.0;
  int64_t count_ = 0;
};

}  // namespace twinset
