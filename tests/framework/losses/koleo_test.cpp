#include "framework/losses/koleo.h"

#include <ATen/TensorOperators.h>

#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace koleo_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const at::Tensor& rows) {
  double sum = 0;
  for (int64_t i = 0; i < rows.size(0); ++i) {
    double nearest = 1e9;
    for (int64_t j = 0; j < rows.size(0); ++j) {
      if (j != i)
        nearest = std::min(nearest, std::sqrt((rows[i] - rows[j]).square().sum().item<double>()));
    }
    sum -= std::log(nearest + 1e-8);
  }
  return rows.size(0) < 2 ? 0.0 : sum / static_cast<double>(rows.size(0));
}

TEST(Koleo, MatchesNaiveLoop) {
  for (double w : {0.0, 0.5, 1.0}) {
    const at::Tensor queries = testing::unit_rows(7, 4, 1);
    const Candidates c = testing::random_candidates(7, 5, 4, 0.25, 0.1, 2);
    EXPECT_NEAR(make_koleo({.document_weight = w})->forward(queries, c).value.item<double>(),
                (1 - w) * naive(queries) + w * naive(c.embeddings), 1e-12);
  }
}

TEST(Koleo, KeepsTheContract) {
  testing::expect_gradient_matches_differences(*make_koleo({}));
  testing::expect_finite_at_extremes(*make_koleo({}));
  testing::expect_permutation_invariant(*make_koleo({}));
  testing::expect_shape_errors(*make_koleo({}), "koleo");
}

}  // namespace koleo_test
}  // namespace twinset
