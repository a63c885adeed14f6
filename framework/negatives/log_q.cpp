#include "framework/negatives/log_q.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

#include "framework/negatives/sample_positive.h"

namespace twinset {

LogQ::LogQ(const LogQOptions& options, const NegativesContext& context) : options_(options) {
  if (options_.estimate == "counts") {
    if (context.labels == nullptr) {
      throw ConfigError({.where = "negatives.log_q.estimate",
                         .what = "counts needs the training set's label table",
                         .expected = "NegativesContext::labels",
                         .todo = "hand it in, or set count_min_sketch"});
    }
    draw_probabilities_ = draw_probabilities(*context.labels);
  }
  if (options_.estimate == "count_min_sketch") {
    sketch_ = std::make_unique<CountMinSketch>(options_.sketch_width, options_.sketch_depth);
    num_steps_ = at::zeros({1}, at::TensorOptions().dtype(at::kLong));
  }
}

void LogQ::apply(int64_t num_queries, const std::vector<std::unique_ptr<CandidateSource>>& sources,
                 bool column_per_query, Candidates& candidates) const {
  if (!is_enabled()) return;
  const auto queries = static_cast<double>(num_queries);
  std::vector<float> log_q;
  log_q.reserve(candidates.documents.size());
  for (int64_t document : candidates.documents) {
    double expected = 0;
    if (sketch_) {
      expected = static_cast<double>(sketch_->estimate(document) + 1) /
                 static_cast<double>(num_steps_.item<int64_t>() + 1);
      // A sketch counts too much where keys collide.
      if (!column_per_query) expected = std::min(expected, 1.0);
    } else {
      double per_query = draw_probabilities_[static_cast<size_t>(document)], log_absent = 0;
      for (const auto& source : sources) {
        const InclusionLaw law = source->law(document);
        per_query += law.per_query;
        log_absent += std::log1p(-std::min(law.per_step, 1.0));
      }
      log_absent += queries * std::log1p(-std::min(per_query, 1.0));
      expected = column_per_query ? queries * per_query : -std::expm1(log_absent);
    }
    log_q.push_back(static_cast<float>(std::log(expected)));
  }
  candidates.log_q = at::tensor(at::ArrayRef<float>(log_q), at::TensorOptions().dtype(at::kFloat));
  candidates.corrects_positives = options_.corrects_positives;
}

void LogQ::finish_step(const std::vector<int64_t>& documents) {
  if (!sketch_) return;
  for (int64_t document : documents) sketch_->add(document);
  num_steps_.add_(1);
}

NamedTensors LogQ::state() const {
  if (!sketch_) return {};
  return {{"log_q.sketch", sketch_->counters()}, {"log_q.num_steps", num_steps_}};
}

}  // namespace twinset
