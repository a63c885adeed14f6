#include "framework/losses/embedding_mse.h"

#include "framework/core/error.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace embedding_mse_test {

using testing::NaiveLine;
using testing::NaivePair;

// Not a function of cosines: the naive loop reads the embeddings.
double naive(const at::Tensor& students, const at::Tensor& teachers) {
  double sum = 0;
  for (int64_t i = 0; i < students.size(0); ++i) {
    for (int64_t d = 0; d < students.size(1); ++d)
      sum += std::pow(students[i][d].item<double>() - teachers[i][d].item<double>(), 2);
  }
  return sum / static_cast<double>(students.numel());
}

TEST(EmbeddingMse, MatchesNaiveLoop) {
  const at::Tensor queries = testing::unit_rows(4, 6, 1);
  Candidates c = testing::random_candidates(4, 5, 6, 0.3, 0.1, 2);
  testing::with_teacher(c, 3);
  for (double w : {0.0, 0.3, 1.0}) {
    EXPECT_NEAR(
        make_embedding_mse({.document_weight = w})->forward(queries, c).value.item<double>(),
        (1 - w) * naive(queries, c.teacher_queries) + w * naive(c.embeddings, c.teacher_documents),
        1e-14);
  }
}

TEST(EmbeddingMse, KeepsTheContract) {
  const auto loss = make_embedding_mse({.document_weight = 0.5});
  testing::expect_gradient_matches_differences(*loss, testing::with_teacher);
  testing::expect_finite_at_extremes(*loss, testing::with_teacher);
  testing::expect_permutation_invariant(*loss, testing::with_teacher);
  testing::expect_shape_errors(*loss, "embedding_mse");
}

TEST(EmbeddingMse, TellsATeacherOfAnotherWidth) {
  Candidates c = testing::diagonal_candidates(3, 6, 2);
  c.teacher_queries = testing::unit_rows(3, 9, 4);
  try {
    make_embedding_mse({})->forward(testing::unit_rows(3, 6, 1), c);
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_STREQ(error.what(),
                 "embedding_mse: the teacher is 9 wide, the embeddings 6, expected the same width; "
                 "set embedding_dim=9, or use loss=distillation");
  }
}

}  // namespace embedding_mse_test
}  // namespace twinset
