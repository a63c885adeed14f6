#include "experiments/twinset/report_examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace twinset {
namespace {

constexpr size_t kCases = 8;
constexpr int64_t kPredictions = 6;

}  // namespace

const RunResult* best_run(const std::vector<RunResult>& runs, const std::string& split,
                          const std::string& metric) {
  const RunResult* best = nullptr;
  for (const RunResult& run : runs) {
    const double* value = run.find(split, metric);
    if (value != nullptr && (best == nullptr || *value > *best->find(split, metric))) best = &run;
  }
  return best;
}

std::vector<ReportExamples> report_examples(const EvaluatedRun& run, const std::string& name,
                                            const std::string& split) {
  const EvaluationTruth truth = run.truth();
  const std::vector<double> precisions = average_precisions(*run.scores, truth);

  std::vector<size_t> order;
  for (size_t i = 0; i < precisions.size(); ++i) {
    if (!std::isnan(precisions[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return precisions[a] > precisions[b]; });
  const Dataset& dataset = *run.data.split(split).dataset;
  const auto example = [&](size_t i) {
    const int64_t sample = run.embedded.samples[i], row = static_cast<int64_t>(i);
    return ReportExample{.id = dataset.record(sample).id,
                         .title = dataset.record(sample).title,
                         .image_bytes = dataset.image_bytes(sample),
                         .truth = true_phrases(truth, row),
                         .predictions = top_predictions(*run.scores, truth, row, kPredictions),
                         .note = fmt::format("average precision {:.2f}", precisions[i])};
  };
  ReportExamples best{.title = "Best cases of " + name, .examples = {}};
  ReportExamples worst{.title = "Worst cases of " + name, .examples = {}};
  for (size_t k = 0; k < std::min(kCases, order.size()); ++k) {
    best.examples.push_back(example(order[k]));
    worst.examples.push_back(example(order[order.size() - 1 - k]));
  }
  return {std::move(best), std::move(worst)};
}

}  // namespace twinset
