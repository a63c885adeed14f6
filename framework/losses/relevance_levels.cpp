#include "framework/losses/relevance_levels.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "framework/losses/dense_pairs.h"
#include "framework/losses/labelled_logits.h"

namespace twinset {
namespace {

class RelevanceLevels final : public Loss {
 public:
  explicit RelevanceLevels(const RelevanceLevelsOptions& options)
      : num_levels_(options.num_levels),
        temperature_(options.temperature, "relevance_levels"),
        bias_(at::zeros({num_levels_ - 1}, at::TensorOptions().dtype(at::kFloat))
                  .set_requires_grad(true)) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "relevance_levels");
    require_positive_weights(candidates, "relevance_levels");
    for (float weight : candidates.positive_weights) {
      if (weight > 1.0f) {
        throw ShapeError({.where = "relevance_levels",
                          .what = fmt::format("a positive weight is {}", weight),
                          .expected = "at most 1, the highest level",
                          .todo = "divide the levels by the highest"});
      }
    }
    const LabelledLogits labelled(
        queries_BD.matmul(candidates.embeddings.t()) * temperature_.inverse(), candidates);
    const at::Tensor& positive_P = labelled.positive_logits();
    const at::Tensor level_P = labelled.positive_weights() * static_cast<double>(num_levels_ - 1);
    const at::Tensor lower_P = level_P.floor().clamp_max(static_cast<double>(num_levels_ - 2));
    const at::Tensor upper_share_P = level_P - lower_P;
    const at::Tensor lower = lower_P.to(at::kLong);
    const at::Tensor bias_K =
        at::cat({at::zeros({1}, bias_.options()), bias_}).to(positive_P.scalar_type());
    // log softmax at both levels: logit at the level less the normaliser.
    const at::Tensor expected_P = positive_P * level_P +
                                  bias_K.index_select(0, lower) * (1.0 - upper_share_P) +
                                  bias_K.index_select(0, lower + 1) * upper_share_P;
    const at::Tensor pull = (normaliser(positive_P, bias_K) - expected_P).sum();
    // Level 0 has the logit 0. A masked pair has the normaliser log e^0 = 0.
    const at::Tensor push = normaliser(labelled.negatives(), bias_K).sum();
    return {(pull + push) / static_cast<double>(queries_BD.size(0)),
            {{"temperature", temperature_.value()}}};
  }

  NamedTensors parameters() const override {
    NamedTensors parameters = temperature_.parameters();
    parameters.emplace_back("level_bias", bias_);
    return parameters;
  }
  void clamp_parameters() override { temperature_.clamp(); }
  double inverse_temperature() const override { return temperature_.inverse_value(); }
  void to_device(const std::string& device) override {
    temperature_.to_device(device);
    bias_ = move_parameter(bias_, device);
  }

 private:
  // log sum_k exp(k x + b_k)
  at::Tensor normaliser(const at::Tensor& x, const at::Tensor& bias_K) const {
    const at::Tensor level_K = at::arange(num_levels_, x.options());
    return (x.unsqueeze(-1) * level_K + bias_K).logsumexp({-1});
  }

  int64_t num_levels_;
  Temperature temperature_;
  at::Tensor bias_;
};

}  // namespace

std::unique_ptr<Loss> make_relevance_levels(const RelevanceLevelsOptions& options) {
  return std::make_unique<RelevanceLevels>(options);
}

}  // namespace twinset
