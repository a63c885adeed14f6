#include "framework/kernels/softmax_epilogues.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/kernels/tiled_pairs.h"

namespace twinset {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

size_t size(int64_t count) { return static_cast<size_t>(count); }

// Adds the sum `sum` exp(maximum) to a running one.
void add_sum(float maximum, double sum, float& running_maximum, double& running_sum) {
  if (maximum == -kInfinity) return;
  const double top = static_cast<double>(std::max(maximum, running_maximum));
  const auto weight = [&](float from) { return std::exp(static_cast<double>(from) - top); };
  running_sum = running_sum * (running_maximum == -kInfinity ? 0.0 : weight(running_maximum)) +
                sum * weight(maximum);
  running_maximum = static_cast<float>(top);
}

double log_sum(float maximum, double sum) {
  return maximum == -kInfinity ? static_cast<double>(maximum)
                               : static_cast<double>(maximum) + std::log(sum);
}

std::vector<float> padded_log_q(const TiledBatch& batch, int64_t padded_columns, float padding) {
  std::vector<float> result(size(padded_columns), padding);
  std::fill_n(result.begin(), batch.documents.size(0), 0.0f);
  if (!batch.log_q.defined()) return result;
  const at::Tensor log_q = batch.log_q.detach().to(at::kFloat).contiguous();
  std::copy_n(log_q.const_data_ptr<float>(), log_q.numel(), result.begin());
  return result;
}

}  // namespace

SoftmaxLogits::SoftmaxLogits(const TiledBatch& batch, bool removes, const SimilaritySweep& sweep)
    : removes_positives(removes),
      batch_(batch),
      is_uncorrected_(batch.log_q.defined() && !batch.corrects_positives),
      scale_(batch.inverse_temperature.item<float>()),
      log_q_(padded_log_q(batch, sweep.padded_columns(), kInfinity)) {}

void SoftmaxLogits::apply(const TileStrip& strip) const {
  tile_loops().logits(strip.block, scale_, log_q_.data() + strip.column);
  for_each_pair(batch_.excluded, strip,
                [](int64_t, int64_t, float* logit) { *logit = -kInfinity; });
}

SoftmaxSumsEpilogue::SoftmaxSumsEpilogue(const TiledBatch& batch, bool removes_positives,
                                         bool wants_rows, bool wants_columns,
                                         const SimilaritySweep& sweep)
    : batch_(batch),
      logits_(batch, removes_positives, sweep),
      wants_rows_(wants_rows),
      wants_columns_(wants_columns),
      num_columns_(batch.documents.size(0)),
      num_groups_(sweep.num_groups()),
      band_rows_(sweep.band_rows()),
      tile_columns_(sweep.tile_columns()),
      band_maxima_(size(num_groups_ * band_rows_)),
      band_sums_(size(num_groups_ * band_rows_)),
      tile_maxima_(size(num_groups_ * tile_columns_)),
      tile_sums_(size(num_groups_ * tile_columns_)),
      column_maxima_(size(num_columns_), -kInfinity),
      column_sums_(size(num_columns_)),
      sums_{.pair_logits = std::vector<double>(batch.positives.columns.size())} {}

void SoftmaxSumsEpilogue::begin_band(int64_t, int64_t) {
  std::fill(band_maxima_.begin(), band_maxima_.end(), -kInfinity);
  std::fill(band_sums_.begin(), band_sums_.end(), 0.0f);
}

void SoftmaxSumsEpilogue::begin_tile(int64_t group, int64_t, int64_t padded_columns) {
  std::fill_n(tile_maxima_.begin() + group * tile_columns_, padded_columns, -kInfinity);
  std::fill_n(tile_sums_.begin() + group * tile_columns_, padded_columns, 0.0f);
}

void SoftmaxSumsEpilogue::visit(const TileStrip& strip) {
  logits_.apply(strip);
  const auto column_of = [&](int64_t pair) { return batch_.positives.columns[size(pair)]; };
  for_each_pair(batch_.positives, strip, [&](int64_t pair, int64_t, float* logit) {
    *logit += logits_.row_offset(column_of(pair));
    sums_.pair_logits[size(pair)] = static_cast<double>(*logit);
    if (logits_.removes_positives) *logit = -kInfinity;
  });
  const int64_t row = strip.group * band_rows_ + strip.band_row,
                column = strip.group * tile_columns_;
  if (wants_rows_) {
    tile_loops().add_row_exponentials(strip.block,
                                      {band_maxima_.data() + row, band_sums_.data() + row});
  } else {
    tile_loops().row_maxima(strip.block, band_maxima_.data() + row);
  }
  if (!wants_columns_) return;
  if (!logits_.removes_positives) {
    for_each_pair(batch_.positives, strip, [&](int64_t pair, int64_t, float* logit) {
      *logit -= logits_.row_offset(column_of(pair));
    });
  }
  tile_loops().add_column_exponentials(strip.block,
                                       {tile_maxima_.data() + column, tile_sums_.data() + column});
}

void SoftmaxSumsEpilogue::end_tile(int64_t group, int64_t first_column, int64_t padded_columns) {
  if (!wants_columns_) return;
  const int64_t count = std::min(padded_columns, num_columns_ - first_column);
  for (int64_t j = 0; j < count; ++j) {
    const size_t tile = size(group * tile_columns_ + j), column = size(first_column + j);
    add_sum(tile_maxima_[tile], static_cast<double>(tile_sums_[tile]), column_maxima_[column],
            column_sums_[column]);
  }
}

void SoftmaxSumsEpilogue::end_band(int64_t, int64_t num_rows) {
  for (int64_t i = 0; i < num_rows; ++i) {
    float maximum = -kInfinity;
    double sum = 0;
    for (int64_t group = 0; group < num_groups_; ++group) {
      const size_t place = size(group * band_rows_ + i);
      add_sum(band_maxima_[place], static_cast<double>(band_sums_[place]), maximum, sum);
    }
    sums_.row_maxima.push_back(maximum);
    sums_.row_log_sums.push_back(log_sum(maximum, sum));
  }
}

SoftmaxSums SoftmaxSumsEpilogue::sums() {
  const std::vector<float> log_q = padded_log_q(batch_, num_columns_, 0.0f);
  sums_.column_log_sums.clear();
  for (size_t j = 0; j < column_sums_.size(); ++j) {
    sums_.column_log_sums.push_back(log_sum(column_maxima_[j], column_sums_[j]) +
                                    static_cast<double>(log_q[j]));
    sums_.row_offsets.push_back(batch_.corrects_positives ? 0.0f : log_q[j]);
    sums_.column_offsets.push_back(batch_.corrects_positives ? log_q[j] : 0.0f);
  }
  return std::move(sums_);
}

SoftmaxGradientEpilogue::SoftmaxGradientEpilogue(const TiledBatch& batch, bool removes_positives,
                                                 const SoftmaxShifts& shifts, float factor,
                                                 const SimilaritySweep& sweep)
    : batch_(batch),
      logits_(batch, removes_positives, sweep),
      shifts_(shifts),
      factor_(factor),
      column_shifts_(size(sweep.padded_columns()), kInfinity) {
  const std::vector<float> log_q = padded_log_q(batch, sweep.padded_columns(), 0.0f);
  for (size_t j = 0; j < shifts.columns.size(); ++j)
    column_shifts_[j] = shifts.columns[j] - log_q[j];
}

void SoftmaxGradientEpilogue::visit(const TileStrip& strip) {
  logits_.apply(strip);
  if (logits_.removes_positives)
    for_each_pair(batch_.positives, strip,
                  [](int64_t, int64_t, float* logit) { *logit = -kInfinity; });
  tile_loops().softmax_gradient(strip.block, shifts_.rows.data() + strip.row,
                                column_shifts_.data() + strip.column, factor_);
  for_each_pair(batch_.positives, strip, [&](int64_t pair, int64_t, float* gradient) {
    *gradient += factor_ * shifts_.pairs[size(pair)];
  });
}

}  // namespace twinset
