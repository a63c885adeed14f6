#include "framework/distributed/gather_rows.h"

#include <torch/csrc/autograd/custom_function.h>

namespace twinset {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct GatherRows : torch::autograd::Function<GatherRows> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& rows,
                            Communicator* communicator, GatherGradient gradient) {
    int64_t begin = 0;
    const auto counts = communicator->gather({rows.size(0)});
    for (int64_t r = 0; r < communicator->rank(); ++r) begin += counts[static_cast<size_t>(r)][0];
    context->saved_data["begin"] = begin;
    context->saved_data["length"] = rows.size(0);
    context->saved_data["sum"] = gradient == GatherGradient::kSumOfLosses;
    context->saved_data["communicator"] = reinterpret_cast<int64_t>(communicator);
    return communicator->gather_rows(rows);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    at::Tensor gradient = gradients[0];
    if (context->saved_data["sum"].toBool()) {
      gradient = gradient.contiguous().clone();
      reinterpret_cast<Communicator*>(context->saved_data["communicator"].toInt())->sum(gradient);
    }
    return {gradient.narrow(0, context->saved_data["begin"].toInt(),
                            context->saved_data["length"].toInt()),
            {},
            {}};
  }
};

struct SumOverRanks : torch::autograd::Function<SumOverRanks> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& tensor,
                            Communicator* communicator, GatherGradient gradient) {
    context->saved_data["sum"] = gradient == GatherGradient::kSumOfLosses;
    context->saved_data["communicator"] = reinterpret_cast<int64_t>(communicator);
    at::Tensor result = tensor.contiguous().clone();
    communicator->sum(result);
    return result;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    if (!context->saved_data["sum"].toBool()) return {gradients[0], {}, {}};
    at::Tensor gradient = gradients[0].contiguous().clone();
    reinterpret_cast<Communicator*>(context->saved_data["communicator"].toInt())->sum(gradient);
    return {gradient, {}, {}};
  }
};

}  // namespace

at::Tensor gather_rows(Communicator& communicator, const at::Tensor& rows,
                       GatherGradient gradient) {
  if (communicator.world_size() == 1) return rows;
  return GatherRows::apply(rows, &communicator, gradient);
}

at::Tensor sum_over_ranks(Communicator& communicator, const at::Tensor& tensor,
                          GatherGradient gradient) {
  if (communicator.world_size() == 1) return tensor;
  return SumOverRanks::apply(tensor, &communicator, gradient);
}

RowRange rank_share(int64_t total, int64_t rank, int64_t world_size) {
  return {total * rank / world_size, total * (rank + 1) / world_size};
}

}  // namespace twinset
