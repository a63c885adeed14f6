// Private to this folder: walks over the similarity matrix of queries and documents tile by tile.
// It is never stored.
//
// The tiles of one band of queries are shared out by groups of document tiles; the groups, and the
// order in which their results are added, depend on the shapes alone, so that the numbers are the
// same for any number of threads.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "framework/kernels/aligned_floats.h"
#include "framework/kernels/tile_loops.h"

namespace twinset {

/// Some whole rows of a tile: first the products q_i . d_j; an epilogue may leave gradients there.
struct TileStrip {
  TileBlock block;      ///< rows x padded columns; the products of padding are 0
  int64_t row, column;  ///< of the whole matrix
  int64_t num_columns;  ///< without padding
  int64_t band_row;     ///< row, counted from the band's first
  int64_t group;        ///< one group of document tiles is worked on by one thread at a time
};

/// What a loss does with the tiles. Calls with different groups come from different threads.
class TileEpilogue {
 public:
  virtual ~TileEpilogue() = default;
  virtual void begin_band(int64_t /*first_row*/, int64_t /*num_rows*/) {}
  virtual void begin_tile(int64_t /*group*/, int64_t /*first_column*/, int64_t /*padded_columns*/) {
  }
  virtual void visit(const TileStrip& strip) = 0;
  virtual void end_tile(int64_t /*group*/, int64_t /*first_column*/, int64_t /*padded_columns*/) {}
  virtual void end_band(int64_t /*first_row*/, int64_t /*num_rows*/) {}
};

/// Gradients that a sweep adds up from what the epilogue left in the tiles, g [B, N].
struct SweepGradients {
  at::Tensor queries;    ///< [B, D] float32: g d
  at::Tensor documents;  ///< [N, D] float32: g^T q; undefined if not asked for
  double product = 0;    ///< sum of g_ij (q_i . d_j)
};

class SimilaritySweep {
 public:
  /// @param queries    [B, D], documents [N, D]: float32 or bfloat16, contiguous, B, N, D >= 1;
  ///                   they must outlive the sweep
  SimilaritySweep(const at::Tensor& queries, const at::Tensor& documents);

  int64_t num_groups() const { return num_groups_; }
  int64_t band_rows() const { return band_rows_; }
  int64_t tile_columns() const { return tile_columns_; }
  int64_t padded_columns() const {
    return padded_columns_;
  }  ///< N, rounded up to whole padded tiles

  /// Each tile once: products, then the epilogue.
  void run(TileEpilogue& epilogue);
  /// The same, then both gradients from the tile while it is in the cache.
  SweepGradients run_with_gradients(TileEpilogue& epilogue, bool wants_documents);

 private:
  struct Band;
  void run_tile(TileEpilogue& epilogue, Band& band, int64_t group, int64_t first_column,
                bool is_first, float* tile, SweepGradients* gradients, float* query_gradient);
  void run_bands(TileEpilogue& epilogue, SweepGradients* gradients, bool wants_documents);

  const TileLoops& loops_;
  at::Tensor queries_, documents_;
  int64_t num_queries_, num_documents_, depth_, width_;  // width: depth, padded to whole panels
  int64_t band_rows_, tile_columns_, num_tiles_, num_groups_, padded_columns_;
  AlignedFloats document_columns_;  // packed for the products, whole panels of documents
  AlignedFloats document_rows_;     // packed for the gradient of queries
};

/// Calls `body(task, worker)` for each task in [0, count): workers take the next task when they are
/// done with one. Tasks of few operations altogether stay on the calling thread.
void for_each_task(int64_t count, int64_t operations_per_task,
                   const std::function<void(int64_t task, int64_t worker)>& body);

}  // namespace twinset
