#include "framework/losses/asymmetric.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/log1p.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/sigmoid.h>

#include "framework/losses/dense_pairs.h"
#include "framework/losses/labelled_logits.h"

namespace twinset {
namespace {

class Asymmetric final : public Loss {
 public:
  explicit Asymmetric(const AsymmetricOptions& options)
      : options_(options),
        temperature_(options.temperature, "asymmetric"),
        bias_(make_scalar_parameter(options.bias, true)) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "asymmetric");
    const LabelledLogits labelled(
        queries_BD.matmul(candidates.embeddings.t()) * temperature_.inverse() + bias_, candidates);
    const at::Tensor& positive_P = labelled.positive_logits();
    const at::Tensor pull = (focused(-positive_P, options_.gamma_positive) *
                             at::log_sigmoid(positive_P) * labelled.positive_weights())
                                .sum();
    // At the masked logit a negative's term and its derivative are 0.
    const at::Tensor push = negative_terms(labelled.negatives()).sum();
    return {-(pull + push) / static_cast<double>(queries_BD.size(0)),
            {{"temperature", temperature_.value()}, {"bias", number_of(bias_)}}};
  }

  NamedTensors parameters() const override {
    NamedTensors parameters = temperature_.parameters();
    parameters.emplace_back("bias", bias_);
    return parameters;
  }
  void clamp_parameters() override { temperature_.clamp(); }
  double inverse_temperature() const override { return temperature_.inverse_value(); }
  void to_device(const std::string& device) override {
    temperature_.to_device(device);
    bias_ = move_parameter(bias_, device);
  }

 private:
  // sigmoid(x)^gamma
  static at::Tensor focused(const at::Tensor& x, double gamma) {
    return gamma == 0.0 ? at::ones_like(x.detach()) : (at::log_sigmoid(x) * gamma).exp();
  }

  at::Tensor negative_terms(const at::Tensor& logits) const {
    if (options_.clip == 0.0) {
      const at::Tensor terms = at::log_sigmoid(-logits);
      return options_.gamma_negative == 0.0 ? terms
                                            : focused(logits, options_.gamma_negative) * terms;
    }
    const at::Tensor clipped = (at::sigmoid(logits) - options_.clip).clamp_min(0.0);
    const at::Tensor terms = at::log1p(-clipped);
    return options_.gamma_negative == 0.0 ? terms
                                          : at::pow(clipped, options_.gamma_negative) * terms;
  }

  AsymmetricOptions options_;
  Temperature temperature_;
  at::Tensor bias_;
};

}  // namespace

std::unique_ptr<Loss> make_asymmetric(const AsymmetricOptions& options) {
  if (options.gamma_negative > 0.0 && options.gamma_negative < 1.0) {
    throw ConfigError({.where = "asymmetric.gamma_negative",
                       .what = fmt::format("is {}", options.gamma_negative),
                       .expected = "0 or at least 1: between them the gradient of a negative at "
                                   "probability 0 is infinite"});
  }
  return std::make_unique<Asymmetric>(options);
}

}  // namespace twinset
