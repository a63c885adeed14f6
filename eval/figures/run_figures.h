// The figures of a paper from what runs leave.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "eval/figures/figure.h"
#include "eval/protocol.h"
#include "eval/run_result.h"
#include "eval/table.h"

namespace twinset {

/// A bar for each row of the table that has the column, with mean plus and minus the standard
/// deviation over seeds; baselines first, as in the table. @throws ConfigError for a column that
/// the table does not have
Figure ablation_figure(const Table& table, const std::string& metric);

/// A logged number over steps: the mean over the seeds of each row of the table, with the range of
/// the seeds as a band. Steps that not all seeds of a row logged are left out. No series if no run
/// logged it.
Figure training_figure(const std::vector<RunResult>& runs, const Table& table,
                       const std::string& metric, const std::string& title);

/// The mean over products with labels of recall@K (eval/metrics.h), K = 1 .. max_k.
FigureSeries recall_series(const std::string& name, const ScoreSource& scores,
                           const EvaluationTruth& truth, int64_t max_k);

/// The first two principal components of rows, each row scaled to length 1, mean removed.
///
/// @param rows  [N, D] float
/// @return      [N, 2] float64; the sign of each component makes its largest entry positive
at::Tensor principal_components(const at::Tensor& rows);

/// Products in the plane of their first two principal components, coloured by their attribute of
/// `family`: its `max_values` most frequent values, others are left out. At most `max_points`
/// products, evenly spaced.
Figure embedding_figure(const at::Tensor& embeddings, const EvaluationTruth& truth,
                        const std::string& family, size_t max_values, int64_t max_points);

/// The label of the table's row that a run belongs to, such as "resnet, sup_con"; the run's name if
/// none varies.
std::string row_label(const Table& table, const RunResult& run);

}  // namespace twinset
