// Private to this folder: the inner loops of the tiled similarity losses, one table of them a level
// of the instruction set.
//
// A tile is a block of the similarity matrix in row-major scratch memory. Operands are packed:
// `block_rows` rows interleaved ([D][block_rows]) are multiplied with panels of `panel` columns
// ([D][panel]); both paddings are zero, so that no loop has an edge. Rows and columns of a tile are
// therefore padded to multiples of both.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace twinset {

/// A part of a tile: `rows` x `columns` numbers, `stride` apart from row to row. `columns` counts
/// the padding.
struct TileBlock {
  float* values;
  int64_t stride, rows, columns;
};

/// sum += sum of terms that are given as exp(logit - maximum): a softmax denominator that grows.
struct RunningSums {
  float* maximum;
  float* sum;
};

struct TileLoops {
  const char* instructions;  ///< "avx512", "avx2", "portable"
  int64_t block_rows, panel;

  /// out [rows, columns] = a b^T; a: packed rows, b: packed panels, both of depth `depth`.
  void (*similarities)(const float* a, const float* b, int64_t depth, TileBlock out);
  /// out [rows, width] += g [rows, columns] b [columns, width], or = if `is_first`; b: packed
  /// panels along width.
  void (*add_product)(TileBlock g, const float* b, int64_t width, bool is_first, float* out,
                      int64_t out_stride);
  /// out [columns, width] += g^T [columns, rows] a [rows, width], or = if `is_first`; a: packed
  /// panels along width, each `panel_rows` deep.
  void (*add_transposed_product)(TileBlock g, const float* a, int64_t panel_rows, int64_t width,
                                 bool is_first, float* out, int64_t out_stride);

  /// s = scale s - shift[column]
  void (*logits)(TileBlock s, float scale, const float* shift);
  /// Adds each row's (column's) exponentials to its running sum.
  void (*add_row_exponentials)(TileBlock logits, RunningSums rows);
  void (*add_column_exponentials)(TileBlock logits, RunningSums columns);
  /// rows.maximum alone
  void (*row_maxima)(TileBlock logits, float* maximum);
  /// l = factor (exp(l - row_shift[row]) + exp(l - column_shift[column]))
  void (*softmax_gradient)(TileBlock logits, const float* row_shift, const float* column_shift,
                           float factor);
  /// Adds softplus(l) to *losses and sigmoid(l) to *sigmoids; writes factor sigmoid(l) over l if
  /// `is_gradient`.
  void (*sigmoid)(TileBlock logits, float factor, bool is_gradient, double* losses,
                  double* sigmoids);
  /// y[i] += x[i]; y[i] *= factor
  void (*add)(const float* x, int64_t count, float* y);
  void (*scale)(float factor, int64_t count, float* y);
};

/// The best that this processor has, or the one chosen by `choose_tile_loops`.
const TileLoops& tile_loops();

/// Names that this processor can run, best first.
std::vector<std::string_view> available_tile_loops();

/// For tests and benchmarks; an empty name: the best. Aborts for a name that isn't available.
void choose_tile_loops(std::string_view instructions);

extern const TileLoops kPortableTileLoops;
#if defined(__x86_64__)
extern const TileLoops kAvx2TileLoops, kAvx512TileLoops;
#endif

}  // namespace twinset
