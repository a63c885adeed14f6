#include "experiments/pinlanding/assign/thresholds.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace twinset::pinlanding {
namespace {

// Calls use(choice) for each candidate threshold, from the highest score down.
template <class Use>
void for_each_candidate(std::vector<LabelledScore>& pairs, Use use) {
  std::sort(pairs.begin(), pairs.end(),
            [](const LabelledScore& a, const LabelledScore& b) { return a.score > b.score; });
  double all_true = 0;
  for (const LabelledScore& pair : pairs) all_true += pair.is_true ? pair.weight : 0.0;
  double hits = 0, assigned = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    assigned += pairs[i].weight;
    hits += pairs[i].is_true ? pairs[i].weight : 0.0;
    // Equal scores are on one side of any threshold.
    if (i + 1 < pairs.size() && pairs[i + 1].score == pairs[i].score) continue;
    const double precision = assigned > 0 ? hits / assigned : 0.0,
                 recall = all_true > 0 ? hits / all_true : 0.0;
    use(ThresholdChoice{pairs[i].score, precision, recall,
                        assigned + all_true > 0 ? 2 * hits / (assigned + all_true) : 0.0});
  }
}

ThresholdChoice nothing(const std::vector<LabelledScore>& pairs) {
  double highest = 0;
  for (size_t i = 0; i < pairs.size(); ++i)
    highest = i == 0 ? pairs[i].score : std::max(highest, pairs[i].score);
  return {std::nextafter(highest, std::numeric_limits<double>::infinity()), 0, 0, 0};
}

}  // namespace

ThresholdChoice best_f1_threshold(std::vector<LabelledScore> pairs) {
  ThresholdChoice best = nothing(pairs);
  for_each_candidate(pairs, [&](const ThresholdChoice& choice) {
    if (choice.f1 > best.f1) best = choice;
  });
  return best;
}

ThresholdChoice precision_threshold(std::vector<LabelledScore> pairs, double target) {
  ThresholdChoice lowest = nothing(pairs);
  for_each_candidate(pairs, [&](const ThresholdChoice& choice) {
    if (choice.recall > 0 && choice.precision >= target) lowest = choice;
  });
  return lowest;
}

double shrunk_threshold(double own, double support, double common, double kappa) {
  return support + kappa > 0 ? (support * own + kappa * common) / (support + kappa) : common;
}

}  // namespace twinset::pinlanding
