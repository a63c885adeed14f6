#include "framework/losses/sigmoid.h"

#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/where.h>

#include "framework/kernels/tiled_sigmoid.h"
#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class Sigmoid final : public Loss {
 public:
  explicit Sigmoid(const SigmoidOptions& options)
      : kernel_(options.kernel),
        temperature_(options.temperature, "sigmoid"),
        bias_(make_scalar_parameter(options.bias, true)) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "sigmoid");
    LossResult result{{}, {{"temperature", temperature_.value()}, {"bias", number_of(bias_)}}};
    if (uses_tiles(kernel_, queries_BD, candidates, "sigmoid")) {
      result.value = tiled_sigmoid(tiled_batch(queries_BD, candidates, temperature_), bias_).value;
      return result;
    }
    const at::Tensor logits_BN =
        queries_BD.matmul(candidates.embeddings.t()) * temperature_.inverse() + bias_;
    const at::Tensor positive_BN = dense_pairs(candidates.positives, queries_BD);
    at::Tensor pairs_BN = at::log_sigmoid(at::where(positive_BN, logits_BN, -logits_BN));
    if (candidates.excluded.num_pairs() > 0) {
      pairs_BN = pairs_BN.masked_fill(dense_pairs(candidates.excluded, queries_BD), 0.0);
    }
    result.value = -pairs_BN.sum() / static_cast<double>(queries_BD.size(0));
    return result;
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
  std::string kernel_;
  Temperature temperature_;
  at::Tensor bias_;
};

}  // namespace

std::unique_ptr<Loss> make_sigmoid(const SigmoidOptions& options) {
  return std::make_unique<Sigmoid>(options);
}

}  // namespace twinset
