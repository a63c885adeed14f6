#include "tests/framework/losses/loss_case.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include "framework/losses/builtin.h"

namespace twinset::testing {
namespace {

SparsePairs pairs(const nlohmann::ordered_json& rows, int64_t num_columns) {
  SparsePairs result{.num_columns = num_columns};
  for (const auto& row : rows) result.add_row(row.get<std::vector<int64_t>>());
  return result;
}

at::Tensor gradient_of(const at::Tensor& leaf) {
  return leaf.grad().defined() ? leaf.grad() : at::zeros_like(leaf.detach());
}

}  // namespace

at::Tensor matrix(const nlohmann::ordered_json& rows) {
  std::vector<double> values;
  for (const auto& row : rows) {
    for (double value : row) values.push_back(value);
  }
  const auto num_rows = static_cast<int64_t>(rows.size());
  return at::tensor(at::ArrayRef<double>(values), at::TensorOptions().dtype(at::kDouble))
      .view({num_rows, -1});
}

LossCaseResult run_loss_case(const nlohmann::ordered_json& loss_case) {
  LossRegistry registry("loss");
  register_builtin_losses(registry);
  const std::unique_ptr<Loss> loss = registry.create(from_json(loss_case.at("loss")));
  for (const auto& [name, parameter] : loss->parameters())
    parameter.set_data(parameter.detach().to(at::kDouble));

  const at::Tensor queries = matrix(loss_case.at("queries")).set_requires_grad(true);
  Candidates candidates;
  candidates.embeddings = matrix(loss_case.at("documents")).set_requires_grad(true);
  const int64_t num_documents = candidates.embeddings.size(0);
  candidates.positives = pairs(loss_case.at("positives"), num_documents);
  candidates.excluded =
      pairs(loss_case.value("excluded", nlohmann::ordered_json(std::vector<std::vector<int64_t>>(
                                            loss_case.at("positives").size()))),
            num_documents);
  for (int64_t i = 0; i < candidates.positives.num_rows(); ++i) {
    const auto row = candidates.positives.row(i);
    candidates.targets.push_back(row.empty() ? -1 : row.front());
  }
  if (loss_case.contains("targets"))
    candidates.targets = loss_case.at("targets").get<std::vector<int64_t>>();
  if (loss_case.contains("positive_weights"))
    candidates.positive_weights = loss_case.at("positive_weights").get<std::vector<float>>();
  if (loss_case.contains("teacher_queries"))
    candidates.teacher_queries = matrix(loss_case.at("teacher_queries"));
  if (loss_case.contains("teacher_documents"))
    candidates.teacher_documents = matrix(loss_case.at("teacher_documents"));
  const at::Tensor value = loss->forward(queries, candidates).value;
  value.backward();
  return {value.item<double>(), gradient_of(queries), gradient_of(candidates.embeddings)};
}

at::Tensor tangential(const at::Tensor& gradient, const at::Tensor& unit_rows) {
  return gradient - unit_rows * (gradient * unit_rows).sum(1, true);
}

}  // namespace twinset::testing
