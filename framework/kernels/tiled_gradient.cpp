#include "framework/kernels/tiled_gradient.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/scalar_tensor.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>
#include <utility>

namespace twinset {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct TiledFunction : torch::autograd::Function<TiledFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& queries,
                            const at::Tensor& documents, const at::Tensor& inverse_temperature,
                            const std::optional<at::Tensor>& bias, const at::Tensor& value,
                            c10::intrusive_ptr<torch::CustomClassHolder> backward) {
    // Saved as autograd does, so that a later change in place is an error.
    context->save_for_backward(
        {queries, documents, inverse_temperature, bias.value_or(at::Tensor())});
    context->saved_data["backward"] = c10::IValue::make_capsule(std::move(backward));
    return value;
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    const variable_list saved = context->get_saved_variables();
    const auto capsule = context->saved_data["backward"].toCapsule();
    auto& work = static_cast<TiledBackward&>(*capsule);
    TiledGradients gradients = work.gradients(upstream[0], context->needs_input_grad(1));
    const auto scalar = [](const at::Tensor& gradient, const at::Tensor& like) {
      return gradient.to(like.options().requires_grad(false));
    };
    const auto cast = [](const at::Tensor& gradient, const at::Tensor& like) {
      return gradient.defined() ? gradient.to(like.scalar_type()) : gradient;
    };
    return {cast(gradients.queries, saved[0]),
            cast(gradients.documents, saved[1]),
            scalar(gradients.inverse_temperature, saved[2]),
            saved[3].defined() ? scalar(gradients.bias, saved[3]) : at::Tensor(),
            at::Tensor(),
            at::Tensor()};
  }
};

class ScaledGradients final : public TiledBackward {
 public:
  explicit ScaledGradients(TiledGradients gradients) : gradients_(std::move(gradients)) {}
  TiledGradients gradients(const at::Tensor& upstream, bool) override {
    const auto scaled = [&](const at::Tensor& gradient) {
      return gradient.defined() ? gradient.mul(upstream) : gradient;
    };
    const auto scaled_scalar = [&](const at::Tensor& gradient) {
      return gradient.mul(upstream.to(gradient.options()));
    };
    return {.queries = scaled(gradients_.queries),
            .documents = scaled(gradients_.documents),
            .inverse_temperature = scaled_scalar(gradients_.inverse_temperature),
            .bias = scaled_scalar(gradients_.bias)};
  }

 private:
  TiledGradients gradients_;
};

}  // namespace

c10::intrusive_ptr<TiledBackward> scaled_gradients(TiledGradients gradients) {
  return c10::make_intrusive<ScaledGradients>(std::move(gradients));
}

at::Tensor scalar_gradient(double value) {
  return at::scalar_tensor(value, at::TensorOptions().dtype(at::kDouble));
}

bool can_tile(const at::Tensor& queries_BD, const at::Tensor& documents_ND) {
  const at::ScalarType type = queries_BD.scalar_type();
  return (queries_BD.is_cpu() || queries_BD.is_cuda()) &&
         documents_ND.device() == queries_BD.device() && documents_ND.scalar_type() == type &&
         (type == at::kFloat || type == at::kBFloat16) && queries_BD.numel() > 0 &&
         documents_ND.numel() > 0;
}

at::Tensor tiled_value(double value, const TiledBatch& batch) {
  return at::scalar_tensor(value,
                           at::TensorOptions().dtype(at::kFloat).device(batch.queries.device()));
}

bool wants_gradient(const TiledBatch& batch, const at::Tensor& bias) {
  if (!at::GradMode::is_enabled()) return false;
  return batch.queries.requires_grad() || batch.documents.requires_grad() ||
         batch.inverse_temperature.requires_grad() || (bias.defined() && bias.requires_grad());
}

at::Tensor with_backward(const at::Tensor& value, const TiledBatch& batch, const at::Tensor& bias,
                         c10::intrusive_ptr<TiledBackward> backward) {
  return TiledFunction::apply(batch.queries, batch.documents, batch.inverse_temperature,
                              bias.defined() ? std::optional(bias) : std::nullopt, value,
                              c10::intrusive_ptr<torch::CustomClassHolder>(std::move(backward)));
}

}  // namespace twinset
