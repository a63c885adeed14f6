#include "framework/losses/uniformity.h"

#include <ATen/TensorOperators.h>

#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace uniformity_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const at::Tensor& rows, double sharpness) {
  double sum = 0;
  int pairs = 0;
  for (int64_t i = 0; i < rows.size(0); ++i) {
    for (int64_t j = i + 1; j < rows.size(0); ++j, ++pairs)
      sum += std::exp(-sharpness * (rows[i] - rows[j]).square().sum().item<double>());
  }
  return pairs == 0 ? 0.0 : std::log(sum / pairs);
}

TEST(Uniformity, MatchesNaiveLoop) {
  for (double w : {0.0, 0.5, 1.0}) {
    const at::Tensor queries = testing::unit_rows(7, 4, 1);
    const Candidates c = testing::random_candidates(7, 5, 4, 0.25, 0.1, 2);
    EXPECT_NEAR(make_uniformity({.document_weight = w, .sharpness = 1.5})
                    ->forward(queries, c)
                    .value.item<double>(),
                (1 - w) * naive(queries, 1.5) + w * naive(c.embeddings, 1.5), 1e-12);
  }
}

TEST(Uniformity, KeepsTheContract) {
  testing::expect_gradient_matches_differences(*make_uniformity({}));
  testing::expect_finite_at_extremes(*make_uniformity({}));
  testing::expect_finite_at_extremes(*make_uniformity({.sharpness = 500.0}));
  testing::expect_permutation_invariant(*make_uniformity({}));
  testing::expect_shape_errors(*make_uniformity({}), "uniformity");
}

}  // namespace uniformity_test
}  // namespace twinset
