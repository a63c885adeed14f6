#include "eval/protocols/attribute_to_product.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/groups.h"
#include "eval/top_hits.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

// Columns a task walks through together: one cache line of scores.
constexpr int64_t kStripe = 8;

class AttributeToProduct : public Protocol {
 public:
  AttributeToProduct(const EvaluationTruth& truth, const AttributeToProductOptions& options)
      : truth_(truth),
        options_(options),
        top_(static_cast<size_t>(truth.vocabulary.size()), TopHits(options.cut)) {
    if (options.by_group) groups_ = attribute_groups(truth.vocabulary);
    num_products_of_.assign(top_.size(), 0);
    for (const int64_t column : truth.labels.columns)
      ++num_products_of_[static_cast<size_t>(column)];
  }

  void add(const ScoreBlock& block, int num_threads) override {
    const int64_t num_stripes = (block.num_columns + kStripe - 1) / kStripe;
    parallel_for(num_stripes, num_threads, [&](int64_t stripe) {
      const int64_t end = std::min(block.num_columns, (stripe + 1) * kStripe);
      for (int64_t i = 0; i < block.num_products; ++i) {
        const auto scores = block.row(i);
        for (int64_t column = stripe * kStripe; column < end; ++column) {
          TopHits& top = top_[static_cast<size_t>(column)];
          const double score = scores[static_cast<size_t>(column)];
          if (!top.may_enter(score)) continue;
          const auto labels = truth_.labels.row(block.first_product + i);
          top.add(score, std::binary_search(labels.begin(), labels.end(), column));
        }
      }
    });
  }

  void report(const std::string& prefix, Metrics& metrics) const override {
    report_over(prefix, nullptr, metrics);
    for (const AttributeGroup& group : groups_)
      report_over(prefix + "." + group.name, &group, metrics);
  }

  void report_queries(const std::string& prefix,
                      std::vector<IndexedValues>& values) const override {
    IndexedValues precision{
        fmt::format("{}.precision@{}", prefix, options_.cut), QueryKind::kAttribute, {}, {}};
    IndexedValues capped{
        fmt::format("{}.capped_precision@{}", prefix, options_.cut), QueryKind::kAttribute, {}, {}};
    for (size_t column = 0; column < top_.size(); ++column) {
      const int64_t count = num_products_of_[column];
      if (count == 0) continue;
      const double hits = top_[column].expected_hits();
      capped.queries.push_back(static_cast<int64_t>(column));
      capped.values.push_back(hits / static_cast<double>(std::min(options_.cut, count)));
      if (count < options_.cut) continue;
      precision.queries.push_back(static_cast<int64_t>(column));
      precision.values.push_back(hits / static_cast<double>(options_.cut));
    }
    values.push_back(std::move(precision));
    values.push_back(std::move(capped));
  }

 private:
  void report_over(const std::string& prefix, const AttributeGroup* group, Metrics& metrics) const {
    Mean precision, capped;
    for (size_t column = 0; column < top_.size(); ++column) {
      const int64_t count = num_products_of_[column];
      if (count == 0 || (group != nullptr && !group->contains[column])) continue;
      const double hits = top_[column].expected_hits();
      capped.add(hits / static_cast<double>(std::min(options_.cut, count)));
      if (count >= options_.cut) precision.add(hits / static_cast<double>(options_.cut));
    }
    precision.report(fmt::format("{}.precision@{}", prefix, options_.cut), metrics);
    capped.report(fmt::format("{}.capped_precision@{}", prefix, options_.cut), metrics);
    if (group != nullptr) return;
    metrics.emplace_back(prefix + ".num_attributes", precision.count());
    metrics.emplace_back(prefix + ".num_attributes_capped", capped.count());
  }

  EvaluationTruth truth_;
  AttributeToProductOptions options_;
  std::vector<AttributeGroup> groups_;
  std::vector<TopHits> top_;
  std::vector<int64_t> num_products_of_;
};

}  // namespace

std::unique_ptr<Protocol> make_attribute_to_product(const EvaluationTruth& truth,
                                                    const AttributeToProductOptions& options) {
  return std::make_unique<AttributeToProduct>(truth, options);
}

}  // namespace twinset
