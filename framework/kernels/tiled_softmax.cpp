#include "framework/kernels/tiled_softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/core/error.h"
#include "framework/kernels/similarity_sweep.h"
#include "framework/kernels/softmax_epilogues.h"
#include "framework/kernels/tiled_cuda.h"
#include "framework/kernels/tiled_gradient.h"

namespace twinset {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double log_add(double a, double b) {
  const double high = std::max(a, b), low = std::min(a, b);
  return low == -kInfinity ? high : high + std::log1p(std::exp(low - high));
}

// Backward of both losses: the second sweep.
class SoftmaxBackward final : public TiledBackward {
 public:
  SoftmaxBackward(const TiledBatch& batch, bool removes_positives, SoftmaxShifts shifts)
      : batch_(batch), removes_positives_(removes_positives), shifts_(std::move(shifts)) {
    batch_.queries = batch.queries.detach().contiguous();
    batch_.documents = batch.documents.detach().contiguous();
    batch_.inverse_temperature = batch.inverse_temperature.detach().clone();
  }

  TiledGradients gradients(const at::Tensor& upstream, bool wants_documents) override {
    if (batch_.queries.is_cuda()) {
      const SweepGradientsCuda found =
          softmax_gradients_cuda(batch_, removes_positives_, shifts_, upstream, wants_documents);
      return {.queries = found.queries,
              .documents = found.documents,
              .inverse_temperature = found.product};
    }
    const double scale = batch_.inverse_temperature.item<double>();
    SimilaritySweep sweep(batch_.queries, batch_.documents);
    SoftmaxGradientEpilogue epilogue(batch_, removes_positives_, shifts_,
                                     static_cast<float>(scale * upstream.item<double>()), sweep);
    const SweepGradients found = sweep.run_with_gradients(epilogue, wants_documents);
    return {.queries = found.queries,
            .documents = found.documents,
            .inverse_temperature = scalar_gradient(found.product / scale)};
  }

 private:
  TiledBatch batch_;
  bool removes_positives_;
  SoftmaxShifts shifts_;
};

SoftmaxSums forward_sweep(const TiledBatch& batch, bool removes_positives, double document_weight) {
  if (batch.queries.is_cuda()) return softmax_sums_cuda(batch, removes_positives);
  SimilaritySweep sweep(batch.queries.detach().contiguous(), batch.documents.detach().contiguous());
  SoftmaxSumsEpilogue epilogue(batch, removes_positives, document_weight<1, document_weight> 0,
                               sweep);
  sweep.run(epilogue);
  return epilogue.sums();
}

at::Tensor finish(double value, const TiledBatch& batch, bool removes_positives,
                  SoftmaxShifts shifts) {
  if (!wants_gradient(batch, {})) return tiled_value(value, batch);
  return with_backward(
      tiled_value(value, batch), batch, {},
      c10::make_intrusive<SoftmaxBackward>(batch, removes_positives, std::move(shifts)));
}

SoftmaxShifts no_shifts(const TiledBatch& batch) {
  return {.rows = std::vector<float>(static_cast<size_t>(batch.queries.size(0)),
                                     static_cast<float>(kInfinity)),
          .columns = std::vector<float>(static_cast<size_t>(batch.documents.size(0)),
                                        static_cast<float>(kInfinity)),
          .pairs = std::vector<float>(batch.positives.columns.size(), 0.0f)};
}

// The index of each target's positive pair; -1: none.
std::vector<int64_t> pairs_of_targets(const SparsePairs& positives,
                                      const std::vector<int64_t>& targets) {
  std::vector<int64_t> pairs(targets.size(), -1);
  for (size_t i = 0; i < targets.size(); ++i) {
    if (targets[i] < 0) continue;
    const auto row = positives.row(static_cast<int64_t>(i));
    const auto place = std::lower_bound(row.begin(), row.end(), targets[i]);
    TWINSET_CHECK(place != row.end() && *place == targets[i],
                  "a target must be one of its row's positives");
    pairs[i] = positives.row_offsets[i] + (place - row.begin());
  }
  return pairs;
}

}  // namespace

TiledLoss tiled_info_nce(const TiledBatch& batch, const std::vector<int64_t>& targets,
                         double document_weight) {
  const std::vector<int64_t> pairs = pairs_of_targets(batch.positives, targets);
  if (batch.queries.is_cuda()) return tiled_info_nce_cuda(batch, pairs, document_weight);
  const SoftmaxSums sums = forward_sweep(batch, true, document_weight);
  SoftmaxShifts shifts = no_shifts(batch);
  const auto count = static_cast<double>(
      std::count_if(pairs.begin(), pairs.end(), [](int64_t pair) { return pair >= 0; }));
  if (count == 0) return {finish(0.0, batch, true, std::move(shifts)), {}};
  const double row_share = (1 - document_weight) / count, column_share = document_weight / count;
  double row_loss = 0, column_loss = 0, num_right = 0;
  // A column that is the target of several rows: exp(-shift) is the sum of their exp(-log-sum-exp).
  std::vector<double> column_shifts(shifts.columns.size(), -kInfinity);
  for (size_t row = 0; row < pairs.size(); ++row) {
    if (pairs[row] < 0) continue;
    const auto pair = static_cast<size_t>(pairs[row]), column = static_cast<size_t>(targets[row]);
    const double logit = sums.pair_logits[pair];
    num_right += sums.pair_logits[pair] > sums.row_maxima[row];
    double gradient = 0;
    if (row_share > 0) {
      const double total = log_add(sums.row_log_sums[row], logit);
      row_loss += total - logit;
      gradient += row_share * std::expm1(logit - total);
      shifts.rows[row] = static_cast<float>(total - std::log(row_share));
    }
    if (column_share > 0) {
      const double in_column = logit + static_cast<double>(sums.column_offsets[column]);
      const double total = log_add(sums.column_log_sums[column], in_column);
      column_loss += total - in_column;
      gradient += column_share * std::expm1(in_column - total);
      column_shifts[column] = log_add(column_shifts[column], std::log(column_share) - total);
    }
    shifts.pairs[pair] = static_cast<float>(gradient);
  }
  for (size_t j = 0; j < column_shifts.size(); ++j)
    shifts.columns[j] = static_cast<float>(-column_shifts[j]);
  const double value = ((1 - document_weight) * row_loss + document_weight * column_loss) / count;
  return {finish(value, batch, true, std::move(shifts)), num_right / count};
}

TiledLoss tiled_sup_con(const TiledBatch& batch, double document_weight) {
  const SoftmaxSums sums = forward_sweep(batch, false, document_weight);
  const SparsePairs& positives = batch.positives;
  const auto num_rows = static_cast<size_t>(batch.queries.size(0)),
             num_columns = static_cast<size_t>(batch.documents.size(0));
  std::vector<double> row_counts(num_rows), row_sums(num_rows), column_counts(num_columns),
      column_sums(num_columns);
  std::vector<double> best_positives(num_rows, -kInfinity);
  const auto for_each_positive = [&](const auto& f) {
    for (size_t i = 0; i < num_rows; ++i) {
      for (auto pair = static_cast<size_t>(positives.row_offsets[i]);
           pair < static_cast<size_t>(positives.row_offsets[i + 1]); ++pair) {
        f(i, static_cast<size_t>(positives.columns[pair]), pair);
      }
    }
  };
  for_each_positive([&](size_t i, size_t j, size_t pair) {
    const double logit = sums.pair_logits[pair];
    row_counts[i] += 1;
    row_sums[i] += logit;
    column_counts[j] += 1;
    column_sums[j] += logit + static_cast<double>(sums.column_offsets[j]);
    best_positives[i] = std::max(best_positives[i], sums.pair_logits[pair]);
  });
  const auto num_with_positive = [](const std::vector<double>& counts) {
    return static_cast<double>(
        std::count_if(counts.begin(), counts.end(), [](double count) { return count > 0; }));
  };
  const double rows_with = num_with_positive(row_counts),
               columns_with = num_with_positive(column_counts);
  const double row_share = (1 - document_weight) / rows_with,
               column_share = document_weight / columns_with;
  SoftmaxShifts shifts = no_shifts(batch);
  // One direction: its share of the loss; sets the shifts of its lines.
  const auto direction = [](double share, const std::vector<double>& counts,
                            const std::vector<double>& totals, const std::vector<double>& log_sums,
                            std::vector<float>& line_shifts) {
    double loss = 0;
    for (size_t i = 0; share > 0 && i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      loss += log_sums[i] - totals[i] / counts[i];
      line_shifts[i] = static_cast<float>(log_sums[i] - std::log(share));
    }
    return loss * share;
  };
  if (positives.num_pairs() == 0) return {finish(0.0, batch, false, std::move(shifts)), {}};
  const double value =
      direction(row_share, row_counts, row_sums, sums.row_log_sums, shifts.rows) +
      direction(column_share, column_counts, column_sums, sums.column_log_sums, shifts.columns);
  for_each_positive([&](size_t i, size_t j, size_t pair) {
    // The backward sweep takes log Q from every pair; a positive that has none is put right here.
    const double in_row = sums.pair_logits[pair] - static_cast<double>(shifts.rows[i]),
                 offset = static_cast<double>(sums.row_offsets[j]);
    const double correction = offset == 0 ? 0.0 : std::exp(in_row) - std::exp(in_row - offset);
    shifts.pairs[pair] = static_cast<float>(correction - row_share / row_counts[i] -
                                            column_share / column_counts[j]);
  });
  double num_right = 0;
  for (size_t i = 0; i < num_rows; ++i)
    num_right += row_counts[i] > 0 && best_positives[i] >= sums.row_maxima[i];
  return {finish(value, batch, false, std::move(shifts)), num_right / rows_with};
}

}  // namespace twinset
