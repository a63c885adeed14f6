#include "framework/negatives/sample_positive.h"

#include <algorithm>

namespace twinset {

std::vector<int64_t> sample_positives(const NegativesRequest& request) {
  std::vector<int64_t> targets(request.samples->size(), -1);
  for (size_t i = 0; i < targets.size(); ++i) {
    const auto documents = request.labels->row(static_cast<int64_t>(i));
    if (documents.empty()) continue;
    CounterRandom random({.seed = request.seed,
                          .epoch = static_cast<uint32_t>(request.epoch),
                          .sample = static_cast<uint64_t>((*request.samples)[i]),
                          .purpose = "positive"});
    targets[i] = documents[random.below(documents.size())];
  }
  return targets;
}

std::vector<double> draw_probabilities(const SparsePairs& labels) {
  std::vector<double> probabilities(static_cast<size_t>(labels.num_columns), 0.0);
  for (int64_t i = 0; i < labels.num_rows(); ++i) {
    const auto documents = labels.row(i);
    for (int64_t document : documents) {
      probabilities[static_cast<size_t>(document)] += 1.0 / static_cast<double>(documents.size());
    }
  }
  for (double& probability : probabilities)
    probability /= static_cast<double>(std::max<int64_t>(1, labels.num_rows()));
  return probabilities;
}

}  // namespace twinset
