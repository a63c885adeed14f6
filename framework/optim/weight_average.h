#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "framework/core/options.h"
#include "framework/core/tensor_fwd.h"

namespace twinset {

/// Options of the weight average.
struct WeightAverageOptions {
  double decay = 0.0;
  int64_t every_steps = 1;

  template <class V>
  void visit(V&& v) {
    v("decay", decay,
      Field{.help = "share of the old average kept at each update; 0: no average",
            .min = 0,
            .max = 0.999999});
    v("every_steps", every_steps,
      Field{.help = "steps between two updates", .unit = "steps", .min = 1});
  }
};

/// An exponential moving average of the weights, evaluated and saved in place of the last step's.
///
/// \f$ \bar\theta \leftarrow d_t \bar\theta + (1 - d_t)\theta \f$ with
/// \f$ d_t = \min(d, \frac{1+t}{10+t}) \f$ at the t-th update, so that the first steps are
/// forgotten quickly.
/// Source: Polyak and Juditsky 1992; the ramp is TensorFlow's
/// ExponentialMovingAverage(num_updates).
class WeightAverage {
 public:
  WeightAverage(const WeightAverageOptions& options, NamedTensors weights);
  bool is_enabled() const { return options_.decay > 0; }
  /// Call after every optimiser step; `step` counts from 1.
  void update(int64_t step);
  /// Exchanges average and weights, in place. Twice: as before. Does nothing when disabled.
  void swap();
  /// "average.<name>", sharing storage; empty when disabled.
  NamedTensors state() const;

 private:
  WeightAverageOptions options_;
  NamedTensors weights_;
  std::vector<at::Tensor> averages_;
};

}  // namespace twinset
