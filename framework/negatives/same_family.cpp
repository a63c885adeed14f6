#include "framework/negatives/same_family.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "framework/negatives/draw_distinct.h"

namespace twinset {
namespace {

class SameFamily final : public CandidateSource {
 public:
  SameFamily(const SameFamilyOptions& options, const NegativesContext& context)
      : options_(options), family_of_(context.document_families), place_(family_of_.size()) {
    if (context.labels == nullptr ||
        static_cast<int64_t>(family_of_.size()) != context.num_documents) {
      throw ConfigError(
          {.where = "negatives",
           .what = "same_family needs the training set's label table and the documents' families",
           .expected = "NegativesContext::labels and document_families"});
    }
    for (size_t j = 0; j < family_of_.size(); ++j) {
      const auto family = static_cast<size_t>(family_of_[j]);
      if (members_.size() <= family) members_.resize(family + 1);
      place_[j] = static_cast<int64_t>(members_[family].size());
      members_[family].push_back(static_cast<int64_t>(j));
    }
    find_exclusive(*context.labels);
    find_law(*context.labels);
  }

  ProposedColumns propose(const NegativesRequest& request,
                          const std::vector<int64_t>& drawn) override {
    ProposedColumns columns;
    for (size_t i = 0; i < drawn.size(); ++i) {
      if (drawn[i] < 0) continue;
      const auto family = static_cast<size_t>(family_of_[static_cast<size_t>(drawn[i])]);
      if (!is_exclusive_[family]) continue;
      std::vector<int64_t> taken;  // places of the query's true documents in the family, ascending
      for (int64_t document : request.labels->row(static_cast<int64_t>(i))) {
        if (family_of_[static_cast<size_t>(document)] == static_cast<int64_t>(family))
          taken.push_back(place_[static_cast<size_t>(document)]);
      }
      CounterRandom random({.seed = request.seed,
                            .epoch = static_cast<uint32_t>(request.epoch),
                            .sample = static_cast<uint64_t>((*request.samples)[i]),
                            .purpose = "same_family"});
      const auto num_free = static_cast<int64_t>(members_[family].size() - taken.size());
      for (int64_t place : draw_distinct(options_.num_per_query, num_free, random)) {
        for (int64_t t : taken) place += place >= t;
        columns.documents.push_back(members_[family][static_cast<size_t>(place)]);
      }
    }
    columns.statistics = {
        {"drawn_per_query", static_cast<double>(columns.documents.size()) /
                                static_cast<double>(std::max<size_t>(1, drawn.size()))}};
    return columns;
  }

  bool has_law() const override { return true; }
  InclusionLaw law(int64_t document) const override {
    return {.per_query = law_[static_cast<size_t>(document)]};
  }

 private:
  // How many of a query's documents each of its families has.
  std::map<size_t, int64_t> family_counts(std::span<const int64_t> documents) const {
    std::map<size_t, int64_t> counts;
    for (int64_t document : documents)
      ++counts[static_cast<size_t>(family_of_[static_cast<size_t>(document)])];
    return counts;
  }

  void find_exclusive(const SparsePairs& labels) {
    std::vector<double> with_any(members_.size()), with_one(members_.size());
    for (int64_t i = 0; i < labels.num_rows(); ++i) {
      for (const auto& [family, count] : family_counts(labels.row(i))) {
        ++with_any[family];
        with_one[family] += count == 1;
      }
    }
    double largest = 0;
    for (size_t f = 0; f < members_.size(); ++f) {
      const double share = with_any[f] > 0 ? with_one[f] / with_any[f] : 0.0;
      is_exclusive_.push_back(members_[f].size() > 1 && with_any[f] > 0 &&
                              share >= options_.exclusive_share);
      if (members_[f].size() > 1) largest = std::max(largest, share);
    }
    if (std::find(is_exclusive_.begin(), is_exclusive_.end(), true) == is_exclusive_.end()) {
      throw ConfigError(
          {.where = "negatives.exclusive_share",
           .what = fmt::format("no attribute family is exclusive at {}", options_.exclusive_share),
           .expected = fmt::format(
               "at most {:.4f}, the share of the most exclusive family of several documents",
               largest)});
    }
  }

  // Each family's sum over all queries, less that of the queries which the document is true of.
  void find_law(const SparsePairs& labels) {
    std::vector<double> family_sum(members_.size());
    law_.assign(family_of_.size(), 0.0);
    for (int64_t i = 0; i < labels.num_rows(); ++i) {
      const auto documents = labels.row(i);
      const auto counts = family_counts(documents);
      const auto probability = [&](size_t family) {
        const int64_t count = counts.at(family);
        const auto num_free = static_cast<int64_t>(members_[family].size()) - count;
        if (!is_exclusive_[family] || num_free == 0) return 0.0;
        return static_cast<double>(count) / static_cast<double>(documents.size()) *
               std::min(1.0, static_cast<double>(options_.num_per_query) /
                                 static_cast<double>(num_free));
      };
      for (const auto& [family, count] : counts) family_sum[family] += probability(family);
      for (int64_t document : documents) {
        law_[static_cast<size_t>(document)] -=
            probability(static_cast<size_t>(family_of_[static_cast<size_t>(document)]));
      }
    }
    for (size_t j = 0; j < law_.size(); ++j) {
      law_[j] = std::max(0.0, law_[j] + family_sum[static_cast<size_t>(family_of_[j])]) /
                static_cast<double>(std::max<int64_t>(1, labels.num_rows()));
    }
  }

  SameFamilyOptions options_;
  std::vector<int64_t> family_of_, place_;
  std::vector<std::vector<int64_t>> members_;
  std::vector<bool> is_exclusive_;
  std::vector<double> law_;
};

}  // namespace

std::unique_ptr<CandidateSource> make_same_family(const SameFamilyOptions& options,
                                                  const NegativesContext& context) {
  return std::make_unique<SameFamily>(options, context);
}

}  // namespace twinset
