#include "framework/negatives/negatives.h"

#include <algorithm>

namespace twinset {

Candidates Negatives::gather(DocumentPlan plan, const at::Tensor&, const at::Tensor& documents_MD) {
  plan.candidates.embeddings = documents_MD;
  plan.candidates.documents = std::move(plan.documents);
  return std::move(plan.candidates);
}

NegativesStatistics Negatives::statistics(const Candidates& candidates) {
  const double rows = std::max<double>(1.0, static_cast<double>(candidates.positives.num_rows()));
  return {{"num_candidates", static_cast<double>(candidates.positives.num_columns)},
          {"positives_per_query", static_cast<double>(candidates.positives.num_pairs()) / rows},
          {"excluded_per_query", static_cast<double>(candidates.excluded.num_pairs()) / rows}};
}

}  // namespace twinset
