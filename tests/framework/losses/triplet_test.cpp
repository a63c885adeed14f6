#include "framework/losses/triplet.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>

#include "framework/core/error.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace triplet_test {

using testing::NaiveLine;
using testing::NaivePair;

// The share of each negative of a line in a positive's loss, by the miner's definition.
std::vector<double> shares(const NaiveLine& line, const NaivePair& p, const TripletOptions& o,
                           double dim) {
  std::vector<double> share(line.negatives.size(), 0.0);
  int chosen = -1;
  double sum = 0;
  for (size_t k = 0; k < share.size(); ++k) {
    const double s = line.negatives[k].cosine;
    const bool is_better = chosen < 0 || s > line.negatives[static_cast<size_t>(chosen)].cosine;
    if (o.miner == "hardest" && is_better) chosen = static_cast<int>(k);
    if (o.miner == "semi_hard" && is_better && s < p.cosine && s > p.cosine - o.margin)
      chosen = static_cast<int>(k);
    if (o.miner == "all") share[k] = 1;
    if (o.miner == "distance_weighted") {
      const double d = std::max(std::sqrt(2 - 2 * s), o.distance_cutoff);
      if (std::sqrt(2 - 2 * s) < o.nonzero_loss_cutoff)
        share[k] = 1 / (std::pow(d, dim - 2) * std::pow(1 - d * d / 4, (dim - 3) / 2));
    }
    sum += share[k];
  }
  if (chosen >= 0) share[static_cast<size_t>(chosen)] = sum = 1;
  for (double& value : share) value = sum > 0 ? value / sum : 0.0;
  return share;
}

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             const TripletOptions& o) {
  const double dim = static_cast<double>(c.embeddings.size(1));
  return testing::naive_both_ways(
      cosines, c, o.document_weight, [&](const NaiveLine& line) -> std::optional<double> {
        double sum = 0, weights = 0;
        for (const NaivePair& p : line.positives) {
          const std::vector<double> share = shares(line, p, o, dim);
          if (std::all_of(share.begin(), share.end(), [](double value) { return value == 0; }))
            continue;
          weights += p.weight;
          for (size_t k = 0; k < share.size(); ++k) {
            const double gap = line.negatives[k].cosine - p.cosine;
            sum += p.weight * share[k] *
                   (o.is_soft ? std::log1p(std::exp(o.scale * gap)) / o.scale
                              : std::max(0.0, gap + o.margin));
          }
        }
        if (weights == 0) return std::nullopt;
        return sum / weights;
      });
}

std::vector<TripletOptions> all_options() {
  std::vector<TripletOptions> result;
  for (const char* miner : {"all", "hardest", "semi_hard", "distance_weighted"}) {
    result.push_back({.margin = 0.4, .miner = miner, .document_weight = 0.5});
    result.push_back(
        {.margin = 0.4, .miner = miner, .is_soft = true, .scale = 3.0, .document_weight = 0.25});
  }
  return result;
}

TEST(Triplet, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{}, testing::with_positive_weights}) {
    for (const TripletOptions& o : all_options()) {
      SCOPED_TRACE(o.miner);
      testing::expect_matches_naive_loop(
          *make_triplet(o),
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, o); }, decorate);
    }
  }
}

TEST(Triplet, GradientMatchesDifferences) {
  for (const TripletOptions& o : all_options()) {
    SCOPED_TRACE(o.miner);
    if (o.miner != "distance_weighted")
      testing::expect_gradient_matches_differences(*make_triplet(o));
  }
}

TEST(Triplet, DistanceWeightsHaveNoGradient) {
  const TripletOptions o{.margin = 0.4, .miner = "distance_weighted", .document_weight = 0.0};
  const at::Tensor queries = testing::unit_rows(5, 4, 1).set_requires_grad(true);
  const Candidates c = testing::random_candidates(5, 8, 4, 0.3, 0.1, 2);
  make_triplet(o)->forward(queries, c).value.backward();
  const at::Tensor expected = at::zeros_like(queries.detach());
  int lines = 0;
  for (const NaiveLine& line :
       testing::naive_lines(testing::naive_cosines(queries, c.embeddings), c, true)) {
    if (line.positives.empty() || line.negatives.empty()) continue;
    bool is_counted = false;
    for (const NaivePair& p : line.positives) {
      const std::vector<double> share = shares(line, p, o, 4);
      for (size_t k = 0; k < share.size(); ++k) {
        is_counted = is_counted || share[k] > 0;
        if (line.negatives[k].cosine - p.cosine + o.margin <= 0) continue;
        const at::Tensor difference = c.embeddings[static_cast<int64_t>(line.negatives[k].column)] -
                                      c.embeddings[static_cast<int64_t>(p.column)];
        expected[static_cast<int64_t>(p.row)].add_(
            difference, share[k] / static_cast<double>(line.positives.size()));
      }
    }
    if (is_counted) ++lines;
  }
  ASSERT_GT(lines, 0);
  EXPECT_LT((queries.grad() * lines - expected).abs().max().item<double>(), 1e-12);
}

TEST(Triplet, KeepsTheContract) {
  for (const TripletOptions& o : all_options()) {
    SCOPED_TRACE(o.miner);
    testing::expect_finite_at_extremes(*make_triplet(o));
    testing::expect_permutation_invariant(*make_triplet(o));
    TripletOptions wide = o;
    wide.margin = 1.5;
    wide.nonzero_loss_cutoff = 3;
    testing::expect_excluded_pairs_have_no_influence(*make_triplet(wide));
    testing::expect_shape_errors(*make_triplet(o), "triplet");
  }
}

TEST(Triplet, RefusesSemiHardNegativesWithoutAMargin) {
  try {
    make_triplet({.margin = 0.0, .miner = "semi_hard"});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "triplet.margin: is 0 with the miner 'semi_hard', which then finds nothing, "
                 "expected above 0; or choose another miner");
  }
}

}  // namespace triplet_test
}  // namespace twinset
