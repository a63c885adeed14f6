#include "framework/kernels/similarity_sweep.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <memory>

#include "framework/core/error.h"
#include "framework/kernels/ordered_sum.h"

namespace twinset {
namespace {

// Fewer operations than this are done sooner than other threads wake.
constexpr int64_t kFewestOperations = 1 << 20;
// A tile's documents stay in a second-level cache of 1 MiB. All sizes are multiples of every panel
// and block (96).
constexpr int64_t kTileBytes = 768 << 10, kUnit = 96, kLargestTile = 480, kMostGroups = 64,
                  kFewestTiles = 12;

int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }
int64_t round_down(int64_t value, int64_t unit) { return value / unit * unit; }

float to_float(float value) { return value; }
float to_float(uint16_t bfloat16) {
  return std::bit_cast<float>(static_cast<uint32_t>(bfloat16) << 16);
}

// Calls f(pointer to the tensor's elements as float or as the bits of bfloat16).
template <class F>
void with_elements(const at::Tensor& tensor, const F& f) {
  if (tensor.scalar_type() == at::kFloat) return f(tensor.const_data_ptr<float>());
  f(static_cast<const uint16_t*>(tensor.const_data_ptr()));
}

// [rows, depth] to blocks of `unit` rows, interleaved: out[row / unit][d][row % unit]; the last
// block is filled up with zeros.
template <class T>
void interleave_rows(const T* in, int64_t rows, int64_t depth, int64_t unit, float* out) {
  for (int64_t block = 0; block < rows; block += unit, out += unit * depth) {
    const int64_t count = std::min(unit, rows - block);
    for (int64_t lane = 0; lane < unit; ++lane) {
      const T* row = in + (block + lane) * depth;
      if (lane < count) {
        for (int64_t d = 0; d < depth; ++d) out[d * unit + lane] = to_float(row[d]);
      } else {
        for (int64_t d = 0; d < depth; ++d) out[d * unit + lane] = 0.0f;
      }
    }
  }
}

// [rows, depth] to panels of `unit` columns, each `padded_rows` deep: out[d / unit][row][d % unit];
// padding is zero.
template <class T>
void split_columns(const T* in, int64_t rows, int64_t padded_rows, int64_t depth, int64_t unit,
                   float* out) {
  for (int64_t first = 0; first < depth; first += unit) {
    const int64_t count = std::min(unit, depth - first);
    for (int64_t i = 0; i < padded_rows; ++i, out += unit) {
      std::fill(out, out + unit, 0.0f);
      if (i >= rows) continue;
      for (int64_t d = 0; d < count; ++d) out[d] = to_float(in[i * depth + first + d]);
    }
  }
}

}  // namespace

void for_each_task(int64_t count, int64_t operations_per_task,
                   const std::function<void(int64_t task, int64_t worker)>& body) {
  if (count * operations_per_task < kFewestOperations) {
    for (int64_t task = 0; task < count; ++task) body(task, 0);
    return;
  }
  std::atomic<int64_t> next = 0, next_worker = 0;
  at::parallel_for(0, std::min<int64_t>(count, at::get_num_threads()), 1, [&](int64_t, int64_t) {
    const int64_t worker = next_worker++;
    for (int64_t task = next++; task < count; task = next++) body(task, worker);
  });
}

// A band of queries, packed, and their gradient: the sum of the groups'.
struct SimilaritySweep::Band {
  int64_t first, rows, padded_rows;
  AlignedFloats query_blocks;  // for the products
  AlignedFloats query_rows;    // for the gradient of documents
  OrderedSum gradient;
};

SimilaritySweep::SimilaritySweep(const at::Tensor& queries, const at::Tensor& documents)
    : loops_(tile_loops()), queries_(queries), documents_(documents) {
  num_queries_ = queries.size(0), num_documents_ = documents.size(0), depth_ = queries.size(1);
  TWINSET_CHECK(num_queries_ > 0 && num_documents_ > 0 && depth_ > 0,
                "an empty matrix has no tiles");
  width_ = round_up(depth_, loops_.panel);
  const int64_t largest =
      std::clamp(round_down(kTileBytes / (4 * width_), kUnit), kUnit, kLargestTile);
  band_rows_ = largest;
  tile_columns_ = std::clamp(round_down(num_documents_ / kFewestTiles, kUnit), kUnit, largest);
  num_tiles_ = (num_documents_ + tile_columns_ - 1) / tile_columns_;
  num_groups_ = std::min(num_tiles_, kMostGroups);
  padded_columns_ = round_up(num_documents_, kUnit);
  document_columns_ = AlignedFloats(padded_columns_ * depth_);
  with_elements(documents_, [&](const auto* in) {
    for_each_task(num_tiles_, tile_columns_ * depth_, [&](int64_t tile, int64_t) {
      const int64_t column = tile * tile_columns_,
                    count = std::min(tile_columns_, num_documents_ - column);
      interleave_rows(in + column * depth_, count, depth_, loops_.panel,
                      document_columns_.data() + column * depth_);
    });
  });
}

void SimilaritySweep::run_tile(TileEpilogue& epilogue, Band& band, int64_t group,
                               int64_t first_column, bool is_first, float* tile,
                               SweepGradients* gradients, float* query_gradient) {
  const int64_t columns = std::min(tile_columns_, num_documents_ - first_column),
                padded = round_up(columns, loops_.panel);
  epilogue.begin_tile(group, first_column, padded);
  const auto block = [&](int64_t i, int64_t rows) {
    return TileBlock{tile + i * tile_columns_, tile_columns_, rows, padded};
  };
  const float* rows_of_documents =
      gradients ? document_rows_.data() + first_column * width_ : nullptr;
  for (int64_t i = 0; i < band.padded_rows; i += loops_.block_rows) {
    const TileBlock products = block(i, loops_.block_rows);
    loops_.similarities(band.query_blocks.data() + i * depth_,
                        document_columns_.data() + first_column * depth_, depth_, products);
    epilogue.visit({.block = block(i, std::min(loops_.block_rows, band.rows - i)),
                    .row = band.first + i,
                    .column = first_column,
                    .num_columns = columns,
                    .band_row = i,
                    .group = group});
    if (gradients)
      loops_.add_product(products, rows_of_documents, width_, is_first, query_gradient + i * width_,
                         width_);
  }
  if (gradients && gradients->documents.defined()) {
    // The last rows of the register tile may lie beyond the panels: the tensor has room for them.
    loops_.add_transposed_product(
        block(0, band.rows), band.query_rows.data(), band.rows, width_, band.first == 0,
        gradients->documents.mutable_data_ptr<float>() + first_column * width_, width_);
  }
  epilogue.end_tile(group, first_column, padded);
}

void SimilaritySweep::run_bands(TileEpilogue& epilogue, SweepGradients* gradients,
                                bool wants_documents) {
  const auto size = [](int64_t count) { return static_cast<size_t>(count); };
  Band band{.query_blocks = AlignedFloats(band_rows_ * depth_),
            .gradient = OrderedSum(num_groups_, band_rows_ * width_)};
  if (gradients) {
    band.query_rows = AlignedFloats(band_rows_ * width_);
    document_rows_ = AlignedFloats(padded_columns_ * width_);
    with_elements(documents_, [&](const auto* in) {
      for_each_task(num_tiles_, tile_columns_ * depth_, [&](int64_t tile, int64_t) {
        const int64_t column = tile * tile_columns_,
                      count = std::min(tile_columns_, num_documents_ - column);
        split_columns(in + column * depth_, count, round_up(count, loops_.panel), depth_,
                      loops_.panel, document_rows_.data() + column * width_);
      });
    });
    const auto options = at::TensorOptions().dtype(at::kFloat);
    // Whole units of rows: padding is written too.
    gradients->queries = at::empty({round_up(num_queries_, kUnit), width_}, options);
    if (wants_documents) gradients->documents = at::empty({padded_columns_, width_}, options);
  }
  std::vector<AlignedFloats> tiles(size(at::get_num_threads()));
  std::vector<double> row_products(size(num_queries_));
  for (band.first = 0; band.first < num_queries_; band.first += band_rows_) {
    band.rows = std::min(band_rows_, num_queries_ - band.first);
    band.padded_rows = round_up(band.rows, loops_.block_rows);
    with_elements(queries_, [&](const auto* in) {
      interleave_rows(in + band.first * depth_, band.rows, depth_, loops_.block_rows,
                      band.query_blocks.data());
      if (gradients)
        split_columns(in + band.first * depth_, band.rows, band.rows, depth_, loops_.panel,
                      band.query_rows.data());
    });
    float* out =
        gradients ? gradients->queries.mutable_data_ptr<float>() + band.first * width_ : nullptr;
    band.gradient.begin(out, band.rows * width_);
    epilogue.begin_band(band.first, band.rows);
    for_each_task(num_groups_, band.rows * tile_columns_ * depth_,
                  [&](int64_t group, int64_t worker) {
                    AlignedFloats& tile = tiles[size(worker)];
                    if (!tile.data()) tile = AlignedFloats(band_rows_ * tile_columns_);
                    float* part = gradients ? band.gradient.begin_part(group) : nullptr;
                    const int64_t first_tile = group * num_tiles_ / num_groups_;
                    for (int64_t t = first_tile; t < (group + 1) * num_tiles_ / num_groups_; ++t) {
                      run_tile(epilogue, band, group, t * tile_columns_, t == first_tile,
                               tile.data(), gradients, part);
                    }
                    if (gradients) band.gradient.end_part(group, part);
                  });
    epilogue.end_band(band.first, band.rows);
    if (!gradients) continue;
    with_elements(queries_, [&](const auto* in) {
      for_each_task(band.rows, width_, [&](int64_t i, int64_t) {
        double product = 0;
        for (int64_t d = 0; d < depth_; ++d)
          product += static_cast<double>(out[i * width_ + d]) *
                     static_cast<double>(to_float(in[(band.first + i) * depth_ + d]));
        row_products[size(band.first + i)] = product;
      });
    });
  }
  if (!gradients) return;
  for (double product : row_products) gradients->product += product;
  gradients->queries =
      gradients->queries.narrow(0, 0, num_queries_).narrow(1, 0, depth_).contiguous();
  if (wants_documents)
    gradients->documents =
        gradients->documents.narrow(0, 0, num_documents_).narrow(1, 0, depth_).contiguous();
}

void SimilaritySweep::run(TileEpilogue& epilogue) { run_bands(epilogue, nullptr, false); }

SweepGradients SimilaritySweep::run_with_gradients(TileEpilogue& epilogue, bool wants_documents) {
  SweepGradients gradients;
  run_bands(epilogue, &gradients, wants_documents);
  return gradients;
}

}  // namespace twinset
