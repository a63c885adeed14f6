#include "framework/negatives/negatives.h"

#include <ATen/ops/cat.h>

#include <algorithm>

namespace twinset {

Candidates Negatives::gather(DocumentPlan plan, const at::Tensor&, const at::Tensor& documents_MD) {
  plan.candidates.embeddings =
      plan.remembered.defined()
          ? at::cat({documents_MD, plan.remembered.to(documents_MD.options())})
          : documents_MD;
  if (plan.candidates.documents.empty()) plan.candidates.documents = std::move(plan.documents);
  return std::move(plan.candidates);
}

NegativesStatistics Negatives::statistics(const Candidates& candidates) {
  const double rows = std::max<double>(1.0, static_cast<double>(candidates.positives.num_rows()));
  const auto num_targets = std::count_if(candidates.targets.begin(), candidates.targets.end(),
                                         [](int64_t t) { return t >= 0; });
  const int64_t num_positives = candidates.positives.num_pairs(),
                num_excluded = candidates.excluded.num_pairs();
  NegativesStatistics result = {
      {"num_candidates", static_cast<double>(candidates.positives.num_columns)},
      {"positives_per_query", static_cast<double>(num_positives) / rows},
      {"excluded_per_query", static_cast<double>(num_excluded) / rows},
      {"masked_per_query", static_cast<double>(num_positives + num_excluded - num_targets) / rows}};
  result.insert(result.end(), candidates.statistics.begin(), candidates.statistics.end());
  return result;
}

}  // namespace twinset
