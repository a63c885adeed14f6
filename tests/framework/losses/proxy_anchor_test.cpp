#include "framework/losses/proxy_anchor.h"

#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace proxy_anchor_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c, double alpha,
             double margin) {
  double pulls = 0, pushes = 0;
  int with_positive = 0;
  const std::vector<NaiveLine> columns = testing::naive_lines(cosines, c, false);
  for (const NaiveLine& column : columns) {
    pushes += std::log(1 + sum_of(column.negatives, [&](const NaivePair& n) {
                         return std::exp(alpha * (n.cosine + margin));
                       }));
    if (column.positives.empty()) continue;
    ++with_positive;
    pulls += std::log(1 + sum_of(column.positives, [&](const NaivePair& p) {
                        return std::exp(-alpha * (p.cosine - margin));
                      }));
  }
  return pulls / std::max(1, with_positive) + pushes / static_cast<double>(columns.size());
}

TEST(ProxyAnchor, MatchesNaiveLoop) {
  testing::expect_matches_naive_loop(
      *make_proxy_anchor({}),
      [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 32.0, 0.1); });
  testing::expect_matches_naive_loop(
      *make_proxy_anchor({.alpha = 4.0, .margin = 0.3}),
      [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 4.0, 0.3); });
}

TEST(ProxyAnchor, KeepsTheContract) {
  testing::expect_gradient_matches_differences(*make_proxy_anchor({.alpha = 4.0}));
  testing::expect_finite_at_extremes(*make_proxy_anchor({}));
  testing::expect_finite_at_extremes(*make_proxy_anchor({.alpha = 500.0}));
  testing::expect_permutation_invariant(*make_proxy_anchor({}));
  testing::expect_excluded_pairs_have_no_influence(*make_proxy_anchor({}));
  testing::expect_shape_errors(*make_proxy_anchor({}), "proxy_anchor");
}

}  // namespace proxy_anchor_test
}  // namespace twinset
