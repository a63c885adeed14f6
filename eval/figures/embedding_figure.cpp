#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "eval/figures/run_figures.h"
#include "eval/tuples.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

// Columns of the family, the most frequent among the products first.
std::vector<int64_t> frequent_columns(const EvaluationTruth& truth, int64_t family,
                                      size_t max_values) {
  std::vector<int64_t> count(static_cast<size_t>(truth.vocabulary.size())), columns;
  for (const int64_t column : truth.labels.columns) ++count[static_cast<size_t>(column)];
  for (int64_t column = 0; column < truth.vocabulary.size(); ++column) {
    if (truth.vocabulary.family_of()[static_cast<size_t>(column)] == family &&
        count[static_cast<size_t>(column)] > 0)
      columns.push_back(column);
  }
  std::stable_sort(columns.begin(), columns.end(), [&](int64_t a, int64_t b) {
    return count[static_cast<size_t>(a)] > count[static_cast<size_t>(b)];
  });
  columns.resize(std::min(columns.size(), max_values));
  return columns;
}

}  // namespace

at::Tensor principal_components(const at::Tensor& rows) {
  const c10::InferenceMode guard;
  at::Tensor unit = rows.detach().to(at::kCPU, at::kDouble);
  unit = unit.div(at::linalg_vector_norm(unit, 2, {1}, true).clamp_min(1e-12));
  unit = unit.sub(unit.mean(0, true));
  const auto [values, vectors] = at::linalg_eigh(at::matmul(unit.t(), unit));
  // The eigenvalues ascend: the last two columns, the larger first.
  at::Tensor axes = vectors.narrow(1, vectors.size(1) - 2, 2).flip({1}).contiguous();
  const at::Tensor largest = axes.gather(0, axes.abs().argmax(0, true));
  return at::matmul(unit, axes.mul(largest.sign()));
}

Figure embedding_figure(const at::Tensor& embeddings, const EvaluationTruth& truth,
                        const std::string& family, size_t max_values, int64_t max_points) {
  const auto& families = truth.vocabulary.families();
  const auto found = std::find(families.begin(), families.end(), family);
  if (found == families.end()) throw_unknown_name("figure", "family", family, families);
  const at::Tensor points = principal_components(embeddings).contiguous();
  const double* xy = points.const_data_ptr<double>();
  const int64_t step = std::max<int64_t>(1, (points.size(0) + max_points - 1) / max_points);
  Figure figure{.kind = FigureKind::kPoints,
                .stem = "embeddings",
                .title = "Products, by " + family,
                .x_label = "first principal component",
                .y_label = "second principal component"};
  for (const int64_t column : frequent_columns(truth, found - families.begin(), max_values)) {
    FigureSeries series{attribute_value(truth.vocabulary.phrases()[static_cast<size_t>(column)]),
                        {}};
    for (int64_t i = 0; i < points.size(0); i += step) {
      const auto labels = truth.labels.row(i);
      if (std::binary_search(labels.begin(), labels.end(), column))
        series.points.push_back({.x = xy[2 * i], .y = xy[2 * i + 1]});
    }
    if (!series.points.empty()) figure.series.push_back(std::move(series));
  }
  return figure;
}

}  // namespace twinset
