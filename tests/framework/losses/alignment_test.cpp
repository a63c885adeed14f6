#include "framework/losses/alignment.h"

#include <ATen/TensorOperators.h>

#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace alignment_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const at::Tensor& queries, const Candidates& c, double exponent) {
  double sum = 0, weights = 0;
  for (const NaiveLine& line :
       testing::naive_lines(testing::naive_cosines(queries, c.embeddings), c, true)) {
    for (const NaivePair& p : line.positives) {
      const at::Tensor difference =
          queries[static_cast<int64_t>(p.row)] - c.embeddings[static_cast<int64_t>(p.column)];
      sum += p.weight * std::pow(difference.square().sum().item<double>(), exponent / 2);
      weights += p.weight;
    }
  }
  return sum / weights;
}

TEST(Alignment, MatchesNaiveLoop) {
  for (double exponent : {1.0, 2.0, 3.0}) {
    const at::Tensor queries = testing::unit_rows(7, 4, 1);
    Candidates c = testing::random_candidates(7, 5, 4, 0.25, 0.1, 2);
    const auto loss = make_alignment({.exponent = exponent});
    EXPECT_NEAR(loss->forward(queries, c).value.item<double>(), naive(queries, c, exponent), 1e-12);
    testing::with_positive_weights(c, 3);
    EXPECT_NEAR(loss->forward(queries, c).value.item<double>(), naive(queries, c, exponent), 1e-12);
  }
}

TEST(Alignment, KeepsTheContract) {
  for (double exponent : {1.0, 2.0}) {
    testing::expect_gradient_matches_differences(*make_alignment({.exponent = exponent}));
    testing::expect_finite_at_extremes(*make_alignment({.exponent = exponent}));
    testing::expect_permutation_invariant(*make_alignment({.exponent = exponent}),
                                          testing::with_positive_weights);
    testing::expect_excluded_pairs_have_no_influence(*make_alignment({.exponent = exponent}));
    testing::expect_shape_errors(*make_alignment({.exponent = exponent}), "alignment");
  }
}

TEST(Alignment, ReportsTheModalityGap) {
  Candidates c = testing::diagonal_candidates(3, 4, 1);
  EXPECT_NEAR(make_alignment({})->forward(-c.embeddings, c).statistics[0].second,
              2 * c.embeddings.mean(0).norm().item<double>(), 1e-12);
}

}  // namespace alignment_test
}  // namespace twinset
