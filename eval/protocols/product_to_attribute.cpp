#include "eval/protocols/product_to_attribute.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/groups.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

// The means of hit, recall and average precision over the products of one group.
struct RankingMeans {
  explicit RankingMeans(const ProductToAttributeOptions& options)
      : hits(options.hit_at.size()), recalls(options.recall_at.size()) {}

  void add(std::span<const int64_t> ranks, const ProductToAttributeOptions& options) {
    for (size_t i = 0; i < hits.size(); ++i) hits[i].add(hit_at_k(ranks, options.hit_at[i]));
    for (size_t i = 0; i < recalls.size(); ++i)
      recalls[i].add(recall_at_k(ranks, options.recall_at[i]));
    precision.add(average_precision(ranks));
  }

  void report(const std::string& prefix, const ProductToAttributeOptions& options,
              Metrics& metrics) const {
    for (size_t i = 0; i < hits.size(); ++i)
      hits[i].report(fmt::format("{}.hit@{}", prefix, options.hit_at[i]), metrics);
    for (size_t i = 0; i < recalls.size(); ++i) {
      recalls[i].report(fmt::format("{}.recall@{}", prefix, options.recall_at[i]), metrics);
    }
    precision.report(prefix + ".map", metrics);
  }

  std::vector<Mean> hits, recalls;
  Mean precision;
};

class ProductToAttribute : public Protocol {
 public:
  ProductToAttribute(const EvaluationTruth& truth, const ProductToAttributeOptions& options)
      : truth_(truth),
        options_(options),
        families_(columns_of_families(truth.vocabulary)),
        overall_(options),
        accuracy_(families_.size()),
        columns_found_(options.recall_at.size(),
                       std::vector<Mean>(static_cast<size_t>(truth.vocabulary.size()))) {
    if (!options.by_group) return;
    groups_ = attribute_groups(truth.vocabulary);
    group_means_.assign(groups_.size(), RankingMeans(options));
  }

  void add(const ScoreBlock& block, int num_threads) override {
    struct Judged {
      std::vector<RankedColumn> ranked;
      std::vector<int8_t> is_correct;  // [F]: -1 where the product has no label in the family
    };
    std::vector<Judged> judged(static_cast<size_t>(block.num_products));
    parallel_for(block.num_products, num_threads, [&](int64_t i) {
      const auto labels = truth_.labels.row(block.first_product + i);
      if (labels.empty()) return;
      Judged& result = judged[static_cast<size_t>(i)];
      result.ranked = ranked_positives(block.row(i), labels);
      result.is_correct.assign(families_.size(), -1);
      for (const int64_t column : labels) result.is_correct[family_of(column)] = 0;
      for (size_t family = 0; family < families_.size(); ++family) {
        if (result.is_correct[family] < 0) continue;
        const int64_t best = best_column(block.row(i), families_[family]);
        result.is_correct[family] = std::binary_search(labels.begin(), labels.end(), best);
      }
    });
    // Sums in the order of products: the same for any number of threads.
    for (int64_t i = 0; i < block.num_products; ++i) {
      const Judged& result = judged[static_cast<size_t>(i)];
      if (!result.ranked.empty())
        accumulate(block.first_product + i, result.ranked, result.is_correct);
    }
  }

  void report(const std::string& prefix, Metrics& metrics) const override {
    overall_.report(prefix, options_, metrics);
    for (size_t i = 0; i < options_.recall_at.size(); ++i) {
      Mean over_attributes;
      for (const Mean& found : columns_found_[i]) {
        if (found.count() > 0) over_attributes.add(found.value());
      }
      over_attributes.report(fmt::format("{}.macro.recall@{}", prefix, options_.recall_at[i]),
                             metrics);
    }
    for (size_t family = 0; family < families_.size(); ++family) {
      accuracy_[family].report(prefix + ".accuracy." + truth_.vocabulary.families()[family],
                               metrics);
    }
    for (size_t group = 0; group < groups_.size(); ++group) {
      group_means_[group].report(prefix + "." + groups_[group].name, options_, metrics);
    }
    metrics.emplace_back(prefix + ".num_products", overall_.precision.count());
  }

  void report_queries(const std::string& prefix,
                      std::vector<IndexedValues>& values) const override {
    const auto append = [&](const std::string& name, const auto& metric) {
      IndexedValues entry{prefix + "." + name, QueryKind::kProduct, products_, {}};
      for (const std::vector<int64_t>& ranks : ranks_) entry.values.push_back(metric(ranks));
      values.push_back(std::move(entry));
    };
    for (const int64_t k : options_.hit_at)
      append(fmt::format("hit@{}", k), [k](const auto& ranks) { return hit_at_k(ranks, k); });
    for (const int64_t k : options_.recall_at) {
      append(fmt::format("recall@{}", k), [k](const auto& ranks) { return recall_at_k(ranks, k); });
    }
    append("map", [](const auto& ranks) { return average_precision(ranks); });
  }

 private:
  size_t family_of(int64_t column) const {
    return static_cast<size_t>(truth_.vocabulary.family_of()[static_cast<size_t>(column)]);
  }

  void accumulate(int64_t product, const std::vector<RankedColumn>& ranked,
                  const std::vector<int8_t>& is_correct) {
    std::vector<int64_t> ranks;
    for (const RankedColumn& entry : ranked) ranks.push_back(entry.rank);
    overall_.add(ranks, options_);
    products_.push_back(product);
    ranks_.push_back(ranks);
    for (const RankedColumn& entry : ranked) {
      for (size_t i = 0; i < options_.recall_at.size(); ++i) {
        columns_found_[i][static_cast<size_t>(entry.column)].add(entry.rank <=
                                                                 options_.recall_at[i]);
      }
    }
    for (size_t family = 0; family < is_correct.size(); ++family) {
      if (is_correct[family] >= 0) accuracy_[family].add(is_correct[family]);
    }
    for (size_t group = 0; group < groups_.size(); ++group) {
      ranks.clear();
      for (size_t i = 0; i < ranked.size(); ++i) {
        if (!groups_[group].contains[static_cast<size_t>(ranked[i].column)]) continue;
        const auto others_above = static_cast<int64_t>(i - ranks.size());
        ranks.push_back(ranked[i].rank - others_above);
      }
      if (!ranks.empty()) group_means_[group].add(ranks, options_);
    }
  }

  EvaluationTruth truth_;
  ProductToAttributeOptions options_;
  std::vector<std::vector<int64_t>> families_;
  RankingMeans overall_;
  std::vector<Mean> accuracy_;
  std::vector<std::vector<Mean>> columns_found_;  // [recall_at, V]: of the products that have the
                                                  // attribute, those it was found for
  std::vector<int64_t> products_;                 // that were judged
  std::vector<std::vector<int64_t>> ranks_;       // of each one's attributes
  std::vector<AttributeGroup> groups_;
  std::vector<RankingMeans> group_means_;
};

}  // namespace

std::unique_ptr<Protocol> make_product_to_attribute(const EvaluationTruth& truth,
                                                    const ProductToAttributeOptions& options) {
  return std::make_unique<ProductToAttribute>(truth, options);
}

}  // namespace twinset
