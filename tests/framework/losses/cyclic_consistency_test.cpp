#include "framework/losses/cyclic_consistency.h"

#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace cyclic_consistency_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const at::Tensor& queries, const Candidates& c, double in_modal, double cross_modal) {
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < queries.size(0); ++i) {
    if (c.targets[static_cast<size_t>(i)] >= 0) rows.push_back(i);
  }
  const auto target = [&](int64_t i) { return c.embeddings[c.targets[static_cast<size_t>(i)]]; };
  const auto cosine = [](const at::Tensor& a, const at::Tensor& b) {
    return a.dot(b).item<double>();
  };
  double sum = 0;
  for (int64_t i : rows) {
    for (int64_t j : rows) {
      sum += in_modal * std::pow(cosine(queries[i], queries[j]) - cosine(target(i), target(j)), 2);
      sum +=
          cross_modal * std::pow(cosine(queries[i], target(j)) - cosine(queries[j], target(i)), 2);
    }
  }
  return rows.empty() ? 0.0 : sum / static_cast<double>(rows.size());
}

TEST(CyclicConsistency, MatchesNaiveLoop) {
  for (uint64_t seed : {1u, 2u, 3u}) {
    const at::Tensor queries = testing::unit_rows(7, 4, seed);
    const Candidates c = testing::random_candidates(7, 5, 4, 0.25, 0.1, seed);
    EXPECT_NEAR(make_cyclic_consistency({.in_modal_weight = 0.4, .cross_modal_weight = 0.7})
                    ->forward(queries, c)
                    .value.item<double>(),
                naive(queries, c, 0.4, 0.7), 1e-13);
  }
}

TEST(CyclicConsistency, KeepsTheContract) {
  testing::expect_gradient_matches_differences(*make_cyclic_consistency({}));
  testing::expect_finite_at_extremes(*make_cyclic_consistency({}));
  testing::expect_permutation_invariant(*make_cyclic_consistency({}));
  testing::expect_shape_errors(*make_cyclic_consistency({}), "cyclic_consistency");
}

TEST(CyclicConsistency, IsZeroWhereQueriesAreTheirDocuments) {
  const Candidates c = testing::diagonal_candidates(5, 4, 1);
  EXPECT_NEAR(make_cyclic_consistency({})->forward(c.embeddings, c).value.item<double>(), 0.0,
              1e-15);
}

}  // namespace cyclic_consistency_test
}  // namespace twinset
