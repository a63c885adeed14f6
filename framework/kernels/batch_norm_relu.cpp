#include "framework/kernels/batch_norm_relu.h"

#include <ATen/Parallel.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <optional>
#include <vector>

#include "framework/kernels/batch_norm_rows.h"

namespace twinset {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kEpsilon = 1e-5, kMomentum = 0.1;
// Rows a task: a fixed number, so that sums are the same for any number of threads.
constexpr int64_t kRowsTask = 4096;

struct Sums {
  std::vector<double> first, second;
};

// Sums over all rows: add(begin, count, first, second) for each task, then over the tasks in order.
template <class Add>
Sums sum_tasks(int64_t rows, int64_t channels, const Add& add) {
  const int64_t tasks = (rows + kRowsTask - 1) / kRowsTask;
  std::vector<double> partial(static_cast<size_t>(2 * tasks * channels), 0.0);
  at::parallel_for(0, tasks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      double* sums = partial.data() + 2 * task * channels;
      const int64_t row = task * kRowsTask;
      add(row * channels, std::min(kRowsTask, rows - row), sums, sums + channels);
    }
  });
  Sums total{std::vector<double>(static_cast<size_t>(channels)),
             std::vector<double>(static_cast<size_t>(channels))};
  for (int64_t task = 0; task < tasks; ++task) {
    for (int64_t c = 0; c < channels; ++c) {
      total.first[static_cast<size_t>(c)] += partial[static_cast<size_t>(2 * task * channels + c)];
      total.second[static_cast<size_t>(c)] +=
          partial[static_cast<size_t>((2 * task + 1) * channels + c)];
    }
  }
  return total;
}

template <class F>
void for_tasks(int64_t rows, int64_t channels, const F& f) {
  at::parallel_for(0, (rows + kRowsTask - 1) / kRowsTask, 1, [&](int64_t begin, int64_t end) {
    const int64_t row = begin * kRowsTask;
    f(row * channels, std::min(end * kRowsTask, rows) - row);
  });
}

template <class T>
const T* data(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<const T*>(tensor.const_data_ptr()) : nullptr;
}

template <class T>
T* mutable_data(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<T*>(tensor.mutable_data_ptr()) : nullptr;
}

// Calls f(T()) with the type that the loops have for the tensor's.
template <class F>
void with_type(const at::Tensor& tensor, const F& f) {
  if (tensor.scalar_type() == at::kFloat) {
    f(float{});
  } else {
    f(uint16_t{});
  }
}

struct Fused : torch::autograd::Function<Fused> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const std::optional<at::Tensor>& shortcut, const at::Tensor& weight,
                            const at::Tensor& bias, const at::Tensor& running_mean,
                            const at::Tensor& running_var, bool is_clamped) {
    const at::Tensor residual = shortcut.value_or(at::Tensor());
    const int64_t channels = x.size(1), rows = x.numel() / channels;
    const at::Tensor y = at::empty_like(x);
    const at::Tensor statistics =
        at::empty({2, channels}, weight.options().requires_grad(false));  // mean, 1 / deviation
    float* mean = statistics.mutable_data_ptr<float>();
    float* inverse = mean + channels;
    std::vector<float> scale(static_cast<size_t>(channels)), offset(scale);
    const float *gamma = data<float>(weight), *beta = data<float>(bias);
    float *mean_average = mutable_data<float>(running_mean),
          *variance_average = mutable_data<float>(running_var);
    with_type(x, [&](auto type) {
      using T = decltype(type);
      // Moments about the first row's values: few deviations from the mean, so that nothing
      // cancels.
      const at::Tensor first_row =
          x.select(0, 0).select(1, 0).select(1, 0).to(at::kFloat).contiguous();
      const float* shift = data<float>(first_row);
      const Sums sums =
          sum_tasks(rows, channels, [&](int64_t at, int64_t count, double* first, double* second) {
            batch_norm::add_moments(data<T>(x) + at, count, channels, shift, first, second);
          });
      const auto n = static_cast<double>(rows);
      for (int64_t c = 0; c < channels; ++c) {
        const auto i = static_cast<size_t>(c);
        const double delta = sums.first[i] / n;
        const double average = static_cast<double>(shift[c]) + delta;
        const double variance = std::max(0.0, sums.second[i] / n - delta * delta);
        const double reciprocal = 1.0 / std::sqrt(variance + kEpsilon);
        mean[c] = static_cast<float>(average);
        inverse[c] = static_cast<float>(reciprocal);
        scale[i] = static_cast<float>(static_cast<double>(gamma[c]) * reciprocal);
        offset[i] = static_cast<float>(static_cast<double>(beta[c]) -
                                       average * static_cast<double>(gamma[c]) * reciprocal);
        mean_average[c] = static_cast<float>(
            (1 - kMomentum) * static_cast<double>(mean_average[c]) + kMomentum * average);
        const double unbiased = variance * n / std::max(1.0, n - 1);
        variance_average[c] = static_cast<float>(
            (1 - kMomentum) * static_cast<double>(variance_average[c]) + kMomentum * unbiased);
      }
      for_tasks(rows, channels, [&](int64_t at, int64_t count) {
        const T* added = data<T>(residual);
        batch_norm::transform(data<T>(x) + at, added ? added + at : nullptr, count, channels,
                              scale.data(), offset.data(), is_clamped, mutable_data<T>(y) + at);
      });
    });
    context->save_for_backward({x, is_clamped ? y : at::Tensor(), weight, statistics});
    context->saved_data["has_residual"] = residual.defined();
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &y = saved[1], &weight = saved[2];
    const at::Tensor dy =
        gradients[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
    const int64_t channels = x.size(1), rows = x.numel() / channels;
    const float *gamma = data<float>(weight), *mean = data<float>(saved[3]),
                *inverse = mean + channels;
    const at::Tensor dx = at::empty_like(x), dweight = at::empty_like(weight),
                     dbias = at::empty_like(weight);
    const at::Tensor dresidual =
        context->saved_data["has_residual"].toBool() ? at::empty_like(x) : at::Tensor();
    std::vector<float> a(static_cast<size_t>(channels)), b(a), d(a);
    with_type(x, [&](auto type) {
      using T = decltype(type);
      const T *gradient = data<T>(dy), *result = data<T>(y), *in = data<T>(x);
      const Sums sums =
          sum_tasks(rows, channels, [&](int64_t at, int64_t count, double* first, double* second) {
            batch_norm::add_gradient_moments(gradient + at, result ? result + at : nullptr, in + at,
                                             count, channels, mean, first, second);
          });
      const auto n = static_cast<double>(rows);
      for (int64_t c = 0; c < channels; ++c) {
        const auto i = static_cast<size_t>(c);
        const double reciprocal = static_cast<double>(inverse[c]),
                     slope = static_cast<double>(gamma[c]) * reciprocal;
        const double tilt = slope * reciprocal * reciprocal * sums.second[i] / n;
        dweight.mutable_data_ptr<float>()[c] = static_cast<float>(reciprocal * sums.second[i]);
        dbias.mutable_data_ptr<float>()[c] = static_cast<float>(sums.first[i]);
        a[i] = static_cast<float>(slope);
        b[i] = static_cast<float>(-tilt);
        d[i] = static_cast<float>(tilt * static_cast<double>(mean[c]) - slope * sums.first[i] / n);
      }
      T* added = mutable_data<T>(dresidual);
      for_tasks(rows, channels, [&](int64_t at, int64_t count) {
        batch_norm::transform_gradient(gradient + at, result ? result + at : nullptr, in + at,
                                       count, channels, a.data(), b.data(), d.data(),
                                       mutable_data<T>(dx) + at, added ? added + at : nullptr);
      });
    });
    return {dx, dresidual, dweight, dbias, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

bool is_dense(const at::Tensor& tensor, const at::Tensor& like) {
  return tensor.sizes() == like.sizes() && tensor.scalar_type() == like.scalar_type() &&
         tensor.is_contiguous(at::MemoryFormat::ChannelsLast);
}

}  // namespace

at::Tensor batch_norm_relu(const at::Tensor& x, const at::Tensor& residual,
                           const at::Tensor& weight, const at::Tensor& bias,
                           const at::Tensor& running_mean, const at::Tensor& running_var,
                           bool is_clamped) {
  const bool is_fast = x.is_cpu() && x.dim() == 4 && x.numel() > x.size(1) && is_dense(x, x) &&
                       (!residual.defined() || is_dense(residual, x)) &&
                       (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
                       weight.scalar_type() == at::kFloat;
  if (is_fast) {
    const std::optional<at::Tensor> shortcut =
        residual.defined() ? std::optional(residual) : std::nullopt;
    return Fused::apply(x, shortcut, weight, bias, running_mean, running_var, is_clamped);
  }
  at::Tensor y =
      at::batch_norm(x, weight, bias, running_mean, running_var, true, kMomentum, kEpsilon, true);
  if (residual.defined()) y.add_(residual);
  return is_clamped ? y.relu_() : y;
}

}  // namespace twinset
