#include "framework/losses/distillation.h"

#include "framework/core/error.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace distillation_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double teacher_temperature, double w) {
  double result = 0;
  const auto teacher = testing::naive_cosines(c.teacher_queries, c.teacher_documents);
  for (bool by_row : {true, false}) {
    double sum = 0;
    int counted = 0;
    for (const NaiveLine& line : testing::naive_lines(cosines, c, by_row)) {
      const std::vector<NaivePair> all = line.all();
      if (all.empty()) continue;
      const auto teacher_mass = [&](const NaivePair& pair) {
        return std::exp(teacher[pair.row][pair.column] / teacher_temperature - pair.log_q);
      };
      const auto mass = [&](const NaivePair& pair) { return std::exp(pair.logit(temperature)); };
      const double teacher_sum = sum_of(all, teacher_mass), student_sum = sum_of(all, mass);
      sum -= sum_of(all, [&](const NaivePair& pair) {
        return teacher_mass(pair) / teacher_sum * std::log(mass(pair) / student_sum);
      });
      ++counted;
    }
    if (counted > 0) result += (by_row ? 1 - w : w) * sum / counted;
  }
  return result;
}

void with_teacher_and_log_q(Candidates& candidates, uint64_t seed) {
  testing::with_teacher(candidates, seed);
  testing::with_log_q_of_negatives(candidates, seed);
}

TEST(Distillation, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{testing::with_teacher, with_teacher_and_log_q}) {
    for (double w : {0.0, 0.5, 1.0}) {
      const auto loss = make_distillation(
          {.temperature = {.initial = 0.25}, .document_weight = w, .teacher_temperature = 0.5});
      testing::expect_matches_naive_loop(
          *loss,
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, 0.5, w); },
          decorate);
    }
  }
}

TEST(Distillation, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(
      *make_distillation({.temperature = {.initial = 0.5}}), testing::with_teacher);
}

TEST(Distillation, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_distillation({}), testing::with_teacher);
  testing::expect_finite_at_extremes(*make_distillation({.temperature = {.initial = 0.01}}),
                                     testing::with_teacher);
}

TEST(Distillation, IsPermutationInvariant) {
  testing::expect_permutation_invariant(*make_distillation({.temperature = {.initial = 0.5}}),
                                        testing::with_teacher);
}

TEST(Distillation, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(
      *make_distillation({.temperature = {.initial = 0.5}}), testing::with_teacher);
}

TEST(Distillation, UniformLogQChangesNothing) {
  testing::expect_uniform_log_q_changes_nothing(
      *make_distillation({.temperature = {.initial = 0.5}}), testing::with_teacher);
}

TEST(Distillation, NamesWrongShapes) {
  testing::expect_shape_errors(*make_distillation({}), "distillation");
}

TEST(Distillation, HasNoGradientWhereTheStudentIsTheTeacher) {
  const at::Tensor queries = testing::unit_rows(5, 4, 1).set_requires_grad(true);
  Candidates candidates = testing::random_candidates(5, 7, 4, 0.3, 0.1, 2);
  candidates.teacher_queries = queries.detach();
  candidates.teacher_documents = candidates.embeddings;
  make_distillation({.temperature = {.initial = 1.0}, .teacher_temperature = 1.0})
      ->forward(queries, candidates)
      .value.backward();
  EXPECT_LT(queries.grad().abs().max().item<double>(), 1e-14);
}

TEST(Distillation, TellsWhereToGetATeacherOfDocuments) {
  Candidates candidates = testing::diagonal_candidates(3, 4, 2);
  candidates.teacher_queries = testing::unit_rows(3, 4, 3);
  try {
    make_distillation({})->forward(testing::unit_rows(3, 4, 1), candidates);
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_STREQ(error.what(),
                 "distillation: the candidates carry no teacher's embeddings of the documents; set "
                 "teacher.embeddings to a folder "
                 "with attr.npy and vocab.txt, which evaluation.export_embeddings writes");
  }
}

}  // namespace distillation_test
}  // namespace twinset
