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
    for (size_t i = 0; i < recalls.size(); ++i) recalls[i].add(recall_at_k(ranks, options.recall_at[i]));
    precision.add(average_precision(ranks));
  }

  void report(const std::string& prefix, const ProductToAttributeOptions& options, Metrics& metrics) const {
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
        accuracy_(families_.size()) {
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
    for (const Judged& result : judged) {
      if (!result.ranked.empty()) accumulate(result.ranked, result.is_correct);
    }
  }

  void report(const std::string& prefix, Metrics& metrics) const override {
    overall_.report(prefix, options_, metrics);
    for (size_t family = 0; family < families_.size(); ++family) {
      accuracy_[family].report(prefix + ".accuracy." + truth_.vocabulary.families()[family], metrics);
    }
    for (size_t group = 0; group < groups_.size(); ++group) {
      group_means_[group].report(prefix + "." + groups_[group].name, options_, metrics);
    }
    metrics.emplace_back(prefix + ".num_products", overall_.precision.count());
  }

 private:
  size_t family_of(int64_t column) const {
    return static_cast<size_t>(truth_.vocabulary.family_of()[static_cast<size_t>(column)]);
  }

  void accumulate(const std::vector<RankedColumn>& ranked, const std::vector<int8_t>& is_correct) {
    std::vector<int64_t> ranks;
    for (const RankedColumn& entry : ranked) ranks.push_back(entry.rank);
    overall_.add(ranks, options_);
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
  std::vector<AttributeGroup> groups_;
  std::vector<RankingMeans> group_means_;
};

}  // namespace

std::unique_ptr<Protocol> make_product_to_attribute(const EvaluationTruth& truth,
                                                    const ProductToAttributeOptions& options) {
  return std::make_unique<ProductToAttribute>(truth, options);
}

}  // namespace twinset
