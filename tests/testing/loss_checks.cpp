#include "tests/testing/loss_checks.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "framework/core/error.h"

namespace twinset::testing {
namespace {

struct Case {
  int64_t rows, columns;
  double positive_share, excluded_share;
};
const std::vector<Case> kCases = {
    {7, 9, 0.3, 0.0}, {7, 9, 0.3, 0.2}, {1, 5, 0.5, 0.2}, {12, 3, 0.4, 0.1}, {6, 8, 0.08, 0.1}};

double value_of(Loss& loss, const at::Tensor& queries, const Candidates& candidates) {
  return loss.forward(queries, candidates).value.item<double>();
}

Candidates with_embeddings(Candidates candidates, const at::Tensor& embeddings) {
  candidates.embeddings = embeddings;
  return candidates;
}

}  // namespace

std::vector<std::vector<double>> naive_cosines(const at::Tensor& queries,
                                               const at::Tensor& documents) {
  std::vector<std::vector<double>> cosines;
  for (int64_t i = 0; i < queries.size(0); ++i) {
    cosines.emplace_back();
    for (int64_t j = 0; j < documents.size(0); ++j) {
      double sum = 0;
      for (int64_t d = 0; d < queries.size(1); ++d)
        sum += queries[i][d].item<double>() * documents[j][d].item<double>();
      cosines.back().push_back(sum);
    }
  }
  return cosines;
}

void with_positive_weights(Candidates& candidates, uint64_t seed) {
  CounterRandom random({.seed = seed, .purpose = "weights"});
  for (int64_t p = 0; p < candidates.positives.num_pairs(); ++p) {
    candidates.positive_weights.push_back(static_cast<float>(1.0 - 0.9 * random.uniform()));
  }
}

void with_log_q(Candidates& candidates, uint64_t seed) {
  CounterRandom random({.seed = seed, .purpose = "log_q"});
  std::vector<float> values;
  for (int64_t j = 0; j < candidates.embeddings.size(0); ++j)
    values.push_back(static_cast<float>(random.uniform(-3.0, 0.0)));
  candidates.log_q = at::tensor(at::ArrayRef<float>(values));
}

void with_log_q_of_negatives(Candidates& candidates, uint64_t seed) {
  with_log_q(candidates, seed);
  candidates.corrects_positives = false;
}

void with_teacher(Candidates& candidates, uint64_t seed) {
  const int64_t width = candidates.embeddings.size(1);
  candidates.teacher_queries = unit_rows(candidates.positives.num_rows(), width, seed + 2000);
  candidates.teacher_documents = unit_rows(candidates.embeddings.size(0), width, seed + 3000);
}

void expect_matches_naive_loop(Loss& loss, const NaiveLoss& naive, const Decorate& decorate) {
  for (size_t c = 0; c < kCases.size(); ++c) {
    const auto& [rows, columns, positive_share, excluded_share] = kCases[c];
    const at::Tensor queries = unit_rows(rows, 6, c);
    Candidates candidates = random_candidates(rows, columns, 6, positive_share, excluded_share, c);
    if (decorate) decorate(candidates, c);
    const double expected = naive(naive_cosines(queries, candidates.embeddings), candidates);
    // The temperature is a float32 scalar: its rounding bounds the agreement.
    EXPECT_NEAR(value_of(loss, queries, candidates), expected,
                2e-6 * std::max(1.0, std::abs(expected)))
        << "case " << c;
  }
}

void expect_gradient_matches_differences(Loss& loss, const Decorate& decorate) {
  const at::Tensor queries = unit_rows(5, 4, 1).set_requires_grad(true);
  Candidates candidates = random_candidates(5, 6, 4, 0.3, 0.15, 2);
  if (decorate) decorate(candidates, 2);
  candidates.embeddings.set_requires_grad(true);
  loss.forward(queries, candidates).value.backward();
  const double delta = 1e-6;
  const auto check = [&](const at::Tensor& tensor, double step, double tolerance,
                         const std::string& name) {
    ASSERT_TRUE(tensor.grad().defined()) << name;
    const at::Tensor gradient = tensor.grad().to(at::kDouble).reshape({-1});
    const at::NoGradGuard no_grad;
    at::Tensor flat = tensor.detach().view({-1});
    for (int64_t k = 0; k < flat.size(0); ++k) {
      const double saved = flat[k].item<double>();
      flat[k].fill_(saved + step);
      const double above_at = flat[k].item<double>();
      const double above = value_of(loss, queries, candidates);
      flat[k].fill_(saved - step);
      const double below_at = flat[k].item<double>();
      const double below = value_of(loss, queries, candidates);
      flat[k].fill_(saved);
      EXPECT_NEAR(gradient[k].item<double>(), (above - below) / (above_at - below_at), tolerance)
          << name << " " << k;
    }
  };
  check(queries, delta, 1e-7, "queries");
  check(candidates.embeddings, delta, 1e-7, "documents");
  for (const auto& [name, parameter] : loss.parameters()) check(parameter, 1e-3, 1e-4, name);
}

void expect_finite_at_extremes(Loss& loss, const Decorate& decorate) {
  struct Extreme {
    const char* name;
    Candidates candidates;
    int64_t rows;
  };
  std::vector<Extreme> extremes = {{"one query", random_candidates(1, 4, 3, 0.5, 0.0, 3), 1},
                                   {"one pair", diagonal_candidates(1, 3, 4), 1},
                                   {"no positive", random_candidates(4, 5, 3, 0.0, 0.2, 5), 4},
                                   {"all positive", random_candidates(4, 5, 3, 1.0, 0.0, 6), 4},
                                   {"no negative", random_candidates(4, 5, 3, 0.5, 0.5, 7), 4}};
  Extreme duplicates{"duplicate documents", diagonal_candidates(4, 3, 8), 4};
  duplicates.candidates.embeddings = unit_rows(1, 3, 9).expand({4, 3}).clone();
  extremes.push_back(duplicates);
  for (Extreme& extreme : extremes) {
    if (decorate) decorate(extreme.candidates, 4);
    for (const at::ScalarType type : {at::kDouble, at::kFloat, at::kBFloat16}) {
      const auto rounded = [&](const at::Tensor& tensor) {
        return tensor.detach()
            .to(type)
            .to(type == at::kDouble ? at::kDouble : at::kFloat)
            .set_requires_grad(true);
      };
      const at::Tensor queries = rounded(unit_rows(extreme.rows, 3, 10));
      extreme.candidates.embeddings = rounded(extreme.candidates.embeddings);
      const at::Tensor value = loss.forward(queries, extreme.candidates).value;
      ASSERT_EQ(value.dim(), 0) << extreme.name;
      EXPECT_TRUE(std::isfinite(value.item<double>())) << extreme.name;
      value.backward();
      EXPECT_TRUE(queries.grad().isfinite().all().item<bool>()) << extreme.name;
      EXPECT_TRUE(extreme.candidates.embeddings.grad().isfinite().all().item<bool>())
          << extreme.name;
    }
  }
}

void expect_permutation_invariant(Loss& loss, const Decorate& decorate) {
  const int64_t rows = 6, columns = 8;
  const at::Tensor queries = unit_rows(rows, 5, 11);
  Candidates candidates = random_candidates(rows, columns, 5, 0.3, 0.1, 12);
  if (decorate) decorate(candidates, 12);
  const std::vector<int64_t> row_order = {3, 0, 5, 1, 4, 2},
                             column_order = {7, 2, 0, 5, 3, 6, 1, 4};  // new position -> old
  std::vector<int64_t> new_column(columns);
  for (int64_t j = 0; j < columns; ++j)
    new_column[static_cast<size_t>(column_order[static_cast<size_t>(j)])] = j;
  Candidates permuted;
  const auto index = [](const std::vector<int64_t>& order) {
    return at::tensor(at::ArrayRef<int64_t>(order), at::TensorOptions().dtype(at::kLong));
  };
  permuted.embeddings = candidates.embeddings.index_select(0, index(column_order));
  const auto permute = [&](const SparsePairs& pairs) {
    SparsePairs result;
    result.num_columns = columns;
    for (int64_t old_row : row_order) {
      std::vector<int64_t> row;
      for (int64_t column : pairs.row(old_row))
        row.push_back(new_column[static_cast<size_t>(column)]);
      std::sort(row.begin(), row.end());
      result.add_row(row);
    }
    return result;
  };
  permuted.positives = permute(candidates.positives);
  permuted.excluded = permute(candidates.excluded);
  permuted.corrects_positives = candidates.corrects_positives;
  if (candidates.log_q.defined())
    permuted.log_q = candidates.log_q.index_select(0, index(column_order));
  if (candidates.teacher_queries.defined())
    permuted.teacher_queries = candidates.teacher_queries.index_select(0, index(row_order));
  if (candidates.teacher_documents.defined()) {
    permuted.teacher_documents = candidates.teacher_documents.index_select(0, index(column_order));
  }
  if (!candidates.positive_weights.empty()) {
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t old_row = row_order[static_cast<size_t>(i)];
      const auto old_columns = candidates.positives.row(old_row);
      for (int64_t column : permuted.positives.row(i)) {
        const auto old_pair = std::find(old_columns.begin(), old_columns.end(),
                                        column_order[static_cast<size_t>(column)]) -
                              old_columns.begin();
        permuted.positive_weights.push_back(candidates.positive_weights[static_cast<size_t>(
            candidates.positives.row_offsets[static_cast<size_t>(old_row)] + old_pair)]);
      }
    }
  }
  for (int64_t old_row : row_order) {
    const int64_t target = candidates.targets[static_cast<size_t>(old_row)];
    permuted.targets.push_back(target < 0 ? -1 : new_column[static_cast<size_t>(target)]);
  }
  EXPECT_NEAR(value_of(loss, queries, candidates),
              value_of(loss, queries.index_select(0, index(row_order)), permuted), 1e-12);
}

void expect_excluded_pairs_have_no_influence(Loss& loss, const Decorate& decorate) {
  // Document 2 is excluded for every query: its embedding must not matter.
  Candidates candidates = random_candidates(4, 3, 5, 0.0, 0.0, 13);
  candidates.positives = candidates.excluded = SparsePairs{.num_columns = 3};
  candidates.targets.clear();
  for (int64_t i = 0; i < 4; ++i) {
    candidates.positives.add_row(std::vector<int64_t>{i % 2});
    candidates.excluded.add_row(std::vector<int64_t>{2});
    candidates.targets.push_back(i % 2);
  }
  if (decorate) decorate(candidates, 14);
  const at::Tensor queries = unit_rows(4, 5, 14);
  candidates.embeddings.set_requires_grad(true);
  const at::Tensor value = loss.forward(queries, candidates).value;
  value.backward();
  EXPECT_EQ(candidates.embeddings.grad()[2].abs().sum().item<double>(), 0.0);
  EXPECT_GT(candidates.embeddings.grad()[1].abs().sum().item<double>(), 0.0);
  Candidates other = with_embeddings(candidates, candidates.embeddings.detach().clone());
  other.embeddings[2].neg_();
  EXPECT_EQ(value.item<double>(), value_of(loss, queries, other));
}

void expect_uniform_log_q_changes_nothing(Loss& loss, const Decorate& decorate) {
  const at::Tensor queries = unit_rows(6, 5, 16).set_requires_grad(true);
  Candidates candidates = random_candidates(6, 8, 5, 0.3, 0.1, 17);
  if (decorate) decorate(candidates, 17);
  const at::Tensor plain = loss.forward(queries, candidates).value;
  plain.backward();
  const at::Tensor gradient = queries.grad().clone();
  queries.mutable_grad().reset();
  candidates.log_q = at::tensor(at::ArrayRef<float>(std::vector<float>(8, -2.5f)));
  const at::Tensor corrected = loss.forward(queries, candidates).value;
  corrected.backward();
  EXPECT_NEAR(plain.item<double>(), corrected.item<double>(), 1e-12);
  EXPECT_LT((queries.grad() - gradient).abs().max().item<double>(), 1e-12);
}

void expect_shape_errors(Loss& loss, const std::string& name) {
  const Candidates candidates = random_candidates(4, 5, 3, 0.3, 0.0, 15);
  const auto message = [&](const at::Tensor& queries, const Candidates& wrong) -> std::string {
    try {
      loss.forward(queries, wrong);
    } catch (const ShapeError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message(unit_rows(4, 7, 1), candidates),
            name + ": queries are 7 wide, candidates 3, expected the same width");
  EXPECT_EQ(message(unit_rows(3, 3, 1), candidates), name + ": pairs are [4, 5], expected [3, 5]");
  Candidates overlapping = candidates;
  overlapping.excluded = overlapping.positives;
  EXPECT_NE(message(unit_rows(4, 3, 1), overlapping).find("both positive and excluded"),
            std::string::npos);
  Candidates uneven = candidates;
  uneven.log_q = at::tensor(at::ArrayRef<float>(std::vector<float>(4, 0.0f)));
  EXPECT_EQ(message(unit_rows(4, 3, 1), uneven),
            name + ": 4 values of log_q for 5 candidates, expected one each");
}

}  // namespace twinset::testing
