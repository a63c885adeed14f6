#include "framework/negatives/sample_positive.h"

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

}  // namespace twinset
