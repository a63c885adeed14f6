#include "framework/losses/cyclic_consistency.h"

#include <ATen/TensorOperators.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class CyclicConsistency final : public Loss {
 public:
  explicit CyclicConsistency(const CyclicConsistencyOptions& options) : options_(options) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "cyclic_consistency");
    std::vector<int64_t> rows, targets;
    for (size_t i = 0; i < candidates.targets.size(); ++i) {
      if (candidates.targets[i] < 0) continue;
      rows.push_back(static_cast<int64_t>(i));
      targets.push_back(candidates.targets[i]);
    }
    const at::Tensor u_RD = queries_BD.index_select(0, index_tensor(rows, queries_BD));
    const at::Tensor v_RD =
        candidates.embeddings.index_select(0, index_tensor(targets, queries_BD));
    const at::Tensor cross_RR = u_RD.matmul(v_RD.t());
    const at::Tensor in_modal = (u_RD.matmul(u_RD.t()) - v_RD.matmul(v_RD.t())).square().sum();
    const at::Tensor cross_modal = (cross_RR - cross_RR.t()).square().sum();
    const double num_rows = std::max<double>(1.0, static_cast<double>(rows.size()));
    return {(in_modal * options_.in_modal_weight + cross_modal * options_.cross_modal_weight) /
                num_rows,
            {}};
  }

  void to_device(const std::string&) override {}

 private:
  CyclicConsistencyOptions options_;
};

}  // namespace

std::unique_ptr<Loss> make_cyclic_consistency(const CyclicConsistencyOptions& options) {
  return std::make_unique<CyclicConsistency>(options);
}

}  // namespace twinset
