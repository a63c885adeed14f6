// The tiled similarity losses' own scaling: the inner loops by instruction set, the losses by batch
// and threads.
//   kernels_bench [--benchmark_filter=REGEX]
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "framework/core/random.h"
#include "framework/kernels/tile_loops.h"
#include "framework/kernels/tiled_sigmoid.h"
#include "framework/kernels/tiled_softmax.h"

namespace twinset {
namespace {

constexpr int64_t kTile = 384, kDepth = 512;

std::vector<float> random_floats(int64_t count) {
  CounterRandom random({.seed = 1, .purpose = "kernels_bench"});
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(random.normal()));
  return values;
}

struct Tile {
  std::vector<float> numbers = random_floats(kTile * kTile), left = random_floats(kTile * kDepth),
                     right = random_floats(kTile * kDepth), out = random_floats(kTile * kDepth),
                     line = random_floats(kTile), sums = random_floats(kTile);
  TileBlock block() { return {numbers.data(), kTile, kTile, kTile}; }
};

void count_operations(benchmark::State& state, double per_iteration) {
  state.counters["GFLOP/s"] =
      benchmark::Counter(per_iteration * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

void similarities(benchmark::State& state, const std::string& name) {
  choose_tile_loops(name);
  Tile tile;
  for (auto _ : state)
    tile_loops().similarities(tile.left.data(), tile.right.data(), kDepth, tile.block());
  count_operations(state, 2.0 * kTile * kTile * kDepth);
}

void add_product(benchmark::State& state, const std::string& name) {
  choose_tile_loops(name);
  Tile tile;
  for (auto _ : state)
    tile_loops().add_product(tile.block(), tile.right.data(), kDepth, true, tile.out.data(),
                             kDepth);
  count_operations(state, 2.0 * kTile * kTile * kDepth);
}

void add_transposed_product(benchmark::State& state, const std::string& name) {
  choose_tile_loops(name);
  Tile tile;
  for (auto _ : state) {
    state.PauseTiming();
    std::fill(tile.out.begin(), tile.out.end(), 0.0f);
    state.ResumeTiming();
    tile_loops().add_transposed_product(tile.block(), tile.left.data(), kTile, kDepth, false,
                                        tile.out.data(), kDepth);
  }
  count_operations(state, 2.0 * kTile * kTile * kDepth);
}

void row_exponentials(benchmark::State& state, const std::string& name) {
  choose_tile_loops(name);
  Tile tile;
  for (auto _ : state)
    tile_loops().add_row_exponentials(tile.block(), {tile.line.data(), tile.sums.data()});
  state.SetItemsProcessed(state.iterations() * kTile * kTile);
}

void sigmoid_losses(benchmark::State& state, const std::string& name) {
  choose_tile_loops(name);
  Tile tile;
  double losses = 0, sigmoids = 0;
  for (auto _ : state) tile_loops().sigmoid(tile.block(), 1.0f, true, &losses, &sigmoids);
  benchmark::DoNotOptimize(losses);
  state.SetItemsProcessed(state.iterations() * kTile * kTile);
}

at::Tensor unit_rows(int64_t rows) {
  at::Tensor tensor = at::empty({rows, kDepth}, at::TensorOptions().dtype(at::kFloat));
  const std::vector<float> values = random_floats(rows * kDepth);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<float>());
  return tensor.mul(1.0f / std::sqrt(static_cast<float>(kDepth))).set_requires_grad(true);
}

// Arguments: batch, threads.
void loss(benchmark::State& state, bool is_sigmoid) {
  choose_tile_loops("");
  const int64_t rows = state.range(0);
  at::set_num_threads(static_cast<int>(state.range(1)));
  TiledBatch batch{.queries = unit_rows(rows),
                   .documents = unit_rows(rows),
                   .inverse_temperature = at::full({}, 14.0).to(at::kFloat)};
  batch.positives.num_columns = batch.excluded.num_columns = rows;
  std::vector<int64_t> targets;
  for (int64_t i = 0; i < rows; ++i) {
    batch.positives.add_row(std::vector<int64_t>{i});
    batch.excluded.add_row({});
    targets.push_back(i);
  }
  const at::Tensor bias = at::full({}, -10.0).to(at::kFloat);
  for (auto _ : state)
    (is_sigmoid ? tiled_sigmoid(batch, bias) : tiled_info_nce(batch, targets, 0.5))
        .value.backward();
  count_operations(state, (is_sigmoid ? 6.0 : 8.0) * static_cast<double>(rows * rows * kDepth));
}

}  // namespace
}  // namespace twinset

int main(int argc, char** argv) {
  using namespace twinset;
  for (const std::string_view name : available_tile_loops()) {
    const std::string instructions(name);
    const std::pair<const char*, void (*)(benchmark::State&, const std::string&)> loops[] = {
        {"similarities", similarities},
        {"add_product", add_product},
        {"add_transposed_product", add_transposed_product},
        {"row_exponentials", row_exponentials},
        {"sigmoid_losses", sigmoid_losses}};
    for (const auto& [title, run] : loops) {
      benchmark::RegisterBenchmark(fmt::format("{}/{}", title, instructions).c_str(), run,
                                   instructions);
    }
  }
  for (const bool is_sigmoid : {false, true}) {
    auto* benchmark =
        benchmark::RegisterBenchmark(is_sigmoid ? "sigmoid" : "info_nce", loss, is_sigmoid);
    benchmark->ArgNames({"batch", "threads"})
        ->MeasureProcessCPUTime()
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
    for (const int64_t batch : {256, 1024, 4096, 8192}) {
      for (const int64_t threads : {1, 2}) benchmark->Args({batch, threads});
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
