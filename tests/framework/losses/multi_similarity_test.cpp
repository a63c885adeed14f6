#include "framework/losses/multi_similarity.h"

#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace multi_similarity_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             const MultiSimilarityOptions& o) {
  double result = 0;
  for (bool by_row : {true, false}) {
    const std::vector<NaiveLine> lines = testing::naive_lines(cosines, c, by_row);
    double sum = 0;
    for (const NaiveLine& line : lines) {
      double hardest_negative = -1e9, hardest_positive = 1e9;
      for (const NaivePair& n : line.negatives)
        hardest_negative = std::max(hardest_negative, n.cosine);
      for (const NaivePair& p : line.positives)
        hardest_positive = std::min(hardest_positive, p.cosine);
      const bool mines = o.mining_margin.has_value();
      const double epsilon = o.mining_margin.value_or(0.0);
      const double pull = sum_of(line.positives, [&](const NaivePair& p) {
        return mines && p.cosine - epsilon >= hardest_negative
                   ? 0.0
                   : std::exp(-o.alpha * (p.cosine - o.base));
      });
      const double push = sum_of(line.negatives, [&](const NaivePair& n) {
        return mines && n.cosine + epsilon <= hardest_positive
                   ? 0.0
                   : std::exp(o.beta * (n.cosine - o.base));
      });
      sum += std::log(1 + pull) / o.alpha + std::log(1 + push) / o.beta;
    }
    result += (by_row ? 1 - o.document_weight : o.document_weight) * sum /
              static_cast<double>(lines.size());
  }
  return result;
}

const std::vector<MultiSimilarityOptions> kOptions = {
    {.mining_margin = std::nullopt},
    {.document_weight = 0.5},
    {.beta = 5.0, .base = 0.0, .mining_margin = 0.3, .document_weight = 1.0}};

TEST(MultiSimilarity, MatchesNaiveLoop) {
  for (const MultiSimilarityOptions& o : kOptions) {
    testing::expect_matches_naive_loop(
        *make_multi_similarity(o),
        [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, o); });
  }
}

TEST(MultiSimilarity, KeepsTheContract) {
  for (const MultiSimilarityOptions& o : kOptions) {
    testing::expect_gradient_matches_differences(*make_multi_similarity(o));
    testing::expect_finite_at_extremes(*make_multi_similarity(o));
    testing::expect_permutation_invariant(*make_multi_similarity(o));
    testing::expect_shape_errors(*make_multi_similarity(o), "multi_similarity");
  }
}

TEST(MultiSimilarity, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(
      *make_multi_similarity({.mining_margin = std::nullopt, .document_weight = 0.5}));
  testing::expect_excluded_pairs_have_no_influence(
      *make_multi_similarity({.mining_margin = 2.0, .document_weight = 0.5}));
}

}  // namespace multi_similarity_test
}  // namespace twinset
