// Private to this folder: what the softmax losses do with a tile, in the forward and in the
// backward sweep.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/kernels/similarity_sweep.h"
#include "framework/kernels/tiled_loss.h"

namespace twinset {

/// What the forward sweep finds, over the pairs that are in the softmax.
struct SoftmaxSums {
  std::vector<double> row_maxima;       ///< [B]; -infinity for a row of nothing
  std::vector<double> row_log_sums;     ///< [B] log of the sum of exponentials; likewise
  std::vector<double> column_log_sums;  ///< [N]
  std::vector<double> pair_logits;      ///< one a positive pair, as its row's softmax has it
  std::vector<float>
      row_offsets;  ///< [N] what a positive's logit has more in its row's softmax than other pairs'
  std::vector<float>
      column_offsets;  ///< [N] what it has more in its column's softmax than in its row's
};

/// What the backward sweep needs: g_ij = exp(l_ij - rows_i) + exp(l_ij - columns_j), plus pairs at
/// a positive pair.
struct SoftmaxShifts {
  std::vector<float> rows, columns, pairs;
};

/// Logits of a strip: scale, log Q, and the pairs that are not in the softmax at -infinity.
///
/// log Q belongs to the rows: a column's softmax compares queries, and has none. A strip carries it
/// for both directions, since in a column it is one number, which is put back into the column's
/// log-sum-exp.
class SoftmaxLogits {
 public:
  /// @param removes_positives positive pairs are not in the softmax (InfoNCE adds its target by
  /// hand)
  SoftmaxLogits(const TiledBatch& batch, bool removes_positives, const SimilaritySweep& sweep);
  /// Excluded pairs are removed, positives not yet.
  void apply(const TileStrip& strip) const;
  /// What a positive's logit has more in its row than the strip says.
  float row_offset(int64_t column) const {
    return is_uncorrected_ ? log_q_[static_cast<size_t>(column)] : 0.0f;
  }

  const bool removes_positives;

 private:
  const TiledBatch& batch_;
  bool is_uncorrected_;
  float scale_;
  std::vector<float> log_q_;  // padding: +infinity, which makes its logits -infinity
};

class SoftmaxSumsEpilogue final : public TileEpilogue {
 public:
  SoftmaxSumsEpilogue(const TiledBatch& batch, bool removes_positives, bool wants_rows,
                      bool wants_columns, const SimilaritySweep& sweep);
  void begin_band(int64_t first_row, int64_t num_rows) override;
  void begin_tile(int64_t group, int64_t first_column, int64_t padded_columns) override;
  void visit(const TileStrip& strip) override;
  void end_tile(int64_t group, int64_t first_column, int64_t padded_columns) override;
  void end_band(int64_t first_row, int64_t num_rows) override;
  SoftmaxSums sums();

 private:
  const TiledBatch& batch_;
  SoftmaxLogits logits_;
  bool wants_rows_, wants_columns_;
  int64_t num_columns_, num_groups_, band_rows_, tile_columns_;
  std::vector<float> band_maxima_, band_sums_;  // [groups][band_rows]
  std::vector<float> tile_maxima_, tile_sums_;  // [groups][tile_columns]
  std::vector<float> column_maxima_;            // [N]
  std::vector<double> column_sums_;
  SoftmaxSums sums_;
};

class SoftmaxGradientEpilogue final : public TileEpilogue {
 public:
  SoftmaxGradientEpilogue(const TiledBatch& batch, bool removes_positives,
                          const SoftmaxShifts& shifts, float factor, const SimilaritySweep& sweep);
  void visit(const TileStrip& strip) override;

 private:
  const TiledBatch& batch_;
  SoftmaxLogits logits_;
  const SoftmaxShifts& shifts_;
  float factor_;
  std::vector<float> column_shifts_;  // padded, for logits that carry log Q
};

}  // namespace twinset
