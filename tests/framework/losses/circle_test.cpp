#include "framework/losses/circle.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>

#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace circle_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c, double m,
             double scale, double w) {
  return testing::naive_both_ways(
      cosines, c, w, [&](const NaiveLine& line) -> std::optional<double> {
        if (line.negatives.empty()) return std::nullopt;
        const double push = sum_of(line.negatives, [&](const NaivePair& n) {
          return std::exp(scale * std::max(0.0, n.cosine + m) * (n.cosine - m));
        });
        const double pull = sum_of(line.positives, [&](const NaivePair& p) {
          return std::exp(-scale * std::max(0.0, 1 + m - p.cosine) * (p.cosine - 1 + m));
        });
        return std::log(1 + push * pull);
      });
}

TEST(Circle, MatchesNaiveLoop) {
  for (double w : {0.0, 0.5, 1.0}) {
    const auto loss = make_circle({.margin = 0.3, .scale = 8.0, .document_weight = w});
    testing::expect_matches_naive_loop(*loss, [&](const auto& cosines, const Candidates& c) {
      return naive(cosines, c, 0.3, 8.0, w);
    });
  }
}

TEST(Circle, WeightsOfPairsHaveNoGradient) {
  const double m = 0.3, scale = 8.0;
  const at::Tensor queries = testing::unit_rows(5, 4, 1).set_requires_grad(true);
  const Candidates c = testing::random_candidates(5, 8, 4, 0.3, 0.1, 2);
  make_circle({.margin = m, .scale = scale})->forward(queries, c).value.backward();
  const at::Tensor expected = at::zeros_like(queries.detach());
  int lines = 0;
  for (const NaiveLine& line :
       testing::naive_lines(testing::naive_cosines(queries, c.embeddings), c, true)) {
    if (line.positives.empty() || line.negatives.empty()) continue;
    ++lines;
    const auto weight = [&](const NaivePair& pair, bool is_positive) {
      return scale * std::max(0.0, is_positive ? 1 + m - pair.cosine : pair.cosine + m);
    };
    const auto push = [&](const NaivePair& n) {
      return std::exp(weight(n, false) * (n.cosine - m));
    };
    const auto pull = [&](const NaivePair& p) {
      return std::exp(-weight(p, true) * (p.cosine - 1 + m));
    };
    const double pushes = sum_of(line.negatives, push), pulls = sum_of(line.positives, pull);
    const double slope = pushes * pulls / (1 + pushes * pulls);
    const auto add = [&](const NaivePair& pair, double factor) {
      expected[static_cast<int64_t>(pair.row)].add_(c.embeddings[static_cast<int64_t>(pair.column)],
                                                    factor);
    };
    for (const NaivePair& n : line.negatives) add(n, slope * push(n) / pushes * weight(n, false));
    for (const NaivePair& p : line.positives) add(p, -slope * pull(p) / pulls * weight(p, true));
  }
  ASSERT_GT(lines, 0);
  EXPECT_LT((queries.grad() * lines - expected).abs().max().item<double>(), 1e-12);
}

TEST(Circle, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_circle({}));
  testing::expect_finite_at_extremes(*make_circle({.scale = 256.0, .document_weight = 0.5}));
}

TEST(Circle, IsPermutationInvariant) {
  testing::expect_permutation_invariant(*make_circle({.document_weight = 0.5}));
}

TEST(Circle, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(*make_circle({.document_weight = 0.5}));
}

TEST(Circle, NamesWrongShapes) { testing::expect_shape_errors(*make_circle({}), "circle"); }

}  // namespace circle_test
}  // namespace twinset
