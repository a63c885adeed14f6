#include "framework/losses/cwcl.h"

#include "framework/core/error.h"
#include "framework/losses/info_nce.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace cwcl_test {

using testing::NaiveLine;
using testing::NaivePair;

double weight(const Candidates& c, const NaivePair& pair) {
  const at::Tensor query = c.teacher_queries[static_cast<int64_t>(pair.row)];
  if (c.teacher_documents.defined())
    return 0.5 *
           (1 + query.dot(c.teacher_documents[static_cast<int64_t>(pair.column)]).item<double>());
  double sum = 0;
  int count = 0;
  for (int64_t k = 0; k < c.positives.num_rows(); ++k) {
    const auto row = c.positives.row(k);
    if (std::find(row.begin(), row.end(), static_cast<int64_t>(pair.column)) == row.end()) continue;
    sum += 0.5 * (1 + query.dot(c.teacher_queries[k]).item<double>());
    ++count;
  }
  return count == 0 ? 0.0 : sum / count;
}

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double w) {
  double result = 0;
  for (bool by_row : {true, false}) {
    double sum = 0;
    int counted = 0;
    for (const NaiveLine& line : testing::naive_lines(cosines, c, by_row)) {
      const std::vector<NaivePair> all = line.all();
      const double weights = sum_of(all, [&](const NaivePair& pair) { return weight(c, pair); });
      if (weights == 0) continue;
      const double mass =
          sum_of(all, [&](const NaivePair& pair) { return std::exp(pair.logit(temperature)); });
      sum -= sum_of(all,
                    [&](const NaivePair& pair) {
                      return weight(c, pair) * std::log(std::exp(pair.logit(temperature)) / mass);
                    }) /
             weights;
      ++counted;
    }
    if (counted > 0) result += (by_row ? 1 - w : w) * sum / counted;
  }
  return result;
}

void with_teacher_of_queries(Candidates& candidates, uint64_t seed) {
  testing::with_teacher(candidates, seed);
  candidates.teacher_documents = at::Tensor();
}

void with_teacher_and_log_q(Candidates& candidates, uint64_t seed) {
  testing::with_teacher(candidates, seed);
  testing::with_log_q(candidates, seed);
}

TEST(Cwcl, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate : std::vector<testing::Decorate>{
           testing::with_teacher, with_teacher_of_queries, with_teacher_and_log_q}) {
    for (double w : {0.0, 0.5, 1.0}) {
      const auto loss = make_cwcl({.temperature = {.initial = 0.25}, .document_weight = w});
      testing::expect_matches_naive_loop(
          *loss,
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, w); },
          decorate);
    }
  }
}

TEST(Cwcl, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(
      *make_cwcl({.temperature = {.initial = 0.5}, .document_weight = 0.5}), testing::with_teacher);
}

TEST(Cwcl, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_cwcl({}), testing::with_teacher);
  testing::expect_finite_at_extremes(*make_cwcl({.temperature = {.initial = 0.01}}),
                                     testing::with_teacher);
}

TEST(Cwcl, IsPermutationInvariant) {
  testing::expect_permutation_invariant(
      *make_cwcl({.temperature = {.initial = 0.5}, .document_weight = 0.5}), testing::with_teacher);
}

TEST(Cwcl, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(
      *make_cwcl({.temperature = {.initial = 0.5}, .document_weight = 0.5}), testing::with_teacher);
}

TEST(Cwcl, UniformLogQChangesNothing) {
  testing::expect_uniform_log_q_changes_nothing(
      *make_cwcl({.temperature = {.initial = 0.5}, .document_weight = 0.5}), testing::with_teacher);
}

TEST(Cwcl, NamesWrongShapes) { testing::expect_shape_errors(*make_cwcl({}), "cwcl"); }

TEST(Cwcl, WithATeacherOfQueriesKeepsTheContract) {
  testing::expect_gradient_matches_differences(
      *make_cwcl({.temperature = {.initial = 0.5}, .document_weight = 0.5}),
      with_teacher_of_queries);
  testing::expect_finite_at_extremes(*make_cwcl({.document_weight = 0.5}), with_teacher_of_queries);
}

TEST(Cwcl, WithOppositeTeachersIsInfoNce) {
  const at::Tensor queries = testing::unit_rows(2, 4, 1);
  Candidates candidates = testing::diagonal_candidates(2, 4, 2);
  candidates.teacher_queries = at::tensor(at::ArrayRef<double>({1.0, -1.0})).view({2, 1});
  EXPECT_NEAR(
      make_cwcl({.document_weight = 0.5})->forward(queries, candidates).value.item<double>(),
      make_info_nce({})->forward(queries, candidates).value.item<double>(), 1e-12);
}

TEST(Cwcl, TellsWhereToGetATeacher) {
  try {
    make_cwcl({})->forward(testing::unit_rows(3, 4, 1), testing::diagonal_candidates(3, 4, 2));
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_STREQ(error.what(),
                 "cwcl: the candidates carry no teacher's embeddings of the queries; set "
                 "teacher.embeddings to a folder that "
                 "evaluation.export_embeddings wrote (split train)");
  }
}

}  // namespace cwcl_test
}  // namespace twinset
