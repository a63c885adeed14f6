#include "framework/encoders/linear.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>
#include <string_view>

namespace twinset {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

using Scalars = c10::List<std::optional<at::Scalar>>;
using OneDnnProduct = at::Tensor(const at::Tensor& x, const at::Tensor& weight,
                                 const std::optional<at::Tensor>& bias, std::string_view activation,
                                 Scalars, std::optional<std::string_view> algorithm);

// libtorch's product by oneDNN on plain tensors; none in a libtorch that was built without it.
const std::optional<c10::TypedOperatorHandle<OneDnnProduct>>& one_dnn_product() {
  static const auto product = [] {
    const auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    return schema ? std::optional(schema->typed<OneDnnProduct>()) : std::nullopt;
  }();
  return product;
}

at::Tensor multiply(const at::Tensor& x, const at::Tensor& weight,
                    const std::optional<at::Tensor>& bias) {
  const at::AutoDispatchBelowADInplaceOrView no_graph;
  return one_dnn_product()->call(x, weight, bias, "none", Scalars(), "");
}

struct OneDnnLinear : torch::autograd::Function<OneDnnLinear> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias) {
    context->save_for_backward({x, weight});
    return multiply(x, weight, bias);
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1];
    const at::Tensor gradient = upstream[0].contiguous(),
                     rows = gradient.view({-1, gradient.size(-1)});
    variable_list result(3);
    if (context->needs_input_grad(0)) {
      result[0] = at::GradMode::is_enabled()  // a second derivative is wanted
                      ? at::matmul(gradient, weight)
                      : multiply(gradient, weight.t().contiguous(), std::nullopt);
    }
    if (context->needs_input_grad(1)) result[1] = rows.t().mm(x.view({-1, x.size(-1)}));
    if (context->needs_input_grad(2)) result[2] = rows.sum(0);
    return result;
  }
};

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const bool is_float32 = x.is_cpu() && x.scalar_type() == at::kFloat &&
                          weight.scalar_type() == at::kFloat &&
                          !at::autocast::is_autocast_enabled(at::kCPU);
  if (!is_float32 || x.numel() == 0 || !one_dnn_product()) return at::linear(x, weight, bias);
  return OneDnnLinear::apply(x.contiguous(), weight.contiguous(), bias);
}

}  // namespace twinset
