#include "framework/kernels/tiled_sigmoid.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "framework/kernels/similarity_sweep.h"
#include "framework/kernels/tiled_cuda.h"
#include "framework/kernels/tiled_gradient.h"
#include "framework/kernels/tiled_pairs.h"

namespace twinset {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Sums {
  double losses = 0, gradients = 0;  // gradients: of the logits, their sum is the bias's gradient
  std::vector<float> positives;      // of the strip
};

// Losses of the pairs; leaves their gradient by the products, gamma / B (sigmoid(l) - [positive]),
// in the tile if asked.
class SigmoidEpilogue final : public TileEpilogue {
 public:
  SigmoidEpilogue(const TiledBatch& batch, double bias, double factor, bool is_gradient,
                  const SimilaritySweep& sweep)
      : batch_(batch),
        scale_(batch.inverse_temperature.item<float>()),
        factor_(static_cast<float>(factor)),
        is_gradient_(is_gradient),
        shift_(static_cast<size_t>(sweep.padded_columns()), kInfinity),
        groups_(static_cast<size_t>(sweep.num_groups())) {
    std::fill_n(shift_.begin(), batch.documents.size(0), static_cast<float>(-bias));
  }

  void visit(const TileStrip& strip) override {
    const TileLoops& loops = tile_loops();
    Sums& sums = groups_[static_cast<size_t>(strip.group)];
    loops.logits(strip.block, scale_, shift_.data() + strip.column);
    sums.positives.clear();
    for_each_pair(batch_.positives, strip, [&](int64_t, int64_t, float* logit) {
      const double x = static_cast<double>(*logit);
      const double gradient = -1.0 / (1.0 + std::exp(x));
      sums.losses += std::max(-x, 0.0) + std::log1p(std::exp(-std::abs(x)));
      sums.gradients += gradient;
      sums.positives.push_back(static_cast<float>(gradient));
      *logit = -kInfinity;
    });
    for_each_pair(batch_.excluded, strip,
                  [](int64_t, int64_t, float* logit) { *logit = -kInfinity; });
    loops.sigmoid(strip.block, factor_, is_gradient_, &sums.losses, &sums.gradients);
    if (!is_gradient_ || sums.positives.empty()) return;
    size_t next = 0;
    for_each_pair(batch_.positives, strip, [&](int64_t, int64_t, float* gradient) {
      *gradient = factor_ * sums.positives[next++];
    });
  }

  double losses() const {
    return std::accumulate(groups_.begin(), groups_.end(), 0.0,
                           [](double sum, const Sums& group) { return sum + group.losses; });
  }
  double gradients() const {
    return std::accumulate(groups_.begin(), groups_.end(), 0.0,
                           [](double sum, const Sums& group) { return sum + group.gradients; });
  }

 private:
  const TiledBatch& batch_;
  float scale_, factor_;
  bool is_gradient_;
  std::vector<float> shift_;
  std::vector<Sums> groups_;
};

}  // namespace

TiledLoss tiled_sigmoid(const TiledBatch& batch, const at::Tensor& bias) {
  if (batch.queries.is_cuda()) return tiled_sigmoid_cuda(batch, bias);
  const auto num_queries = static_cast<double>(batch.queries.size(0));
  const double scale = batch.inverse_temperature.item<double>();
  const bool is_gradient = wants_gradient(batch, bias);
  SimilaritySweep sweep(batch.queries.detach().contiguous(), batch.documents.detach().contiguous());
  SigmoidEpilogue epilogue(batch, bias.item<double>(), scale / num_queries, is_gradient, sweep);
  if (!is_gradient) {
    sweep.run(epilogue);
    return {.value = tiled_value(epilogue.losses() / num_queries, batch)};
  }
  const SweepGradients found = sweep.run_with_gradients(epilogue, batch.documents.requires_grad());
  TiledGradients gradients{.queries = found.queries,
                           .documents = found.documents,
                           .inverse_temperature = scalar_gradient(found.product / scale),
                           .bias = scalar_gradient(epilogue.gradients() / num_queries)};
  return {.value = with_backward(tiled_value(epilogue.losses() / num_queries, batch), batch, bias,
                                 scaled_gradients(std::move(gradients)))};
}

}  // namespace twinset
