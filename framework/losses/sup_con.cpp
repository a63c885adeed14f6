#include "framework/losses/sup_con.h"

#include <ATen/ops/where.h>

#include "framework/kernels/tiled_softmax.h"
#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class SupCon final : public Loss {
 public:
  explicit SupCon(const SupConOptions& options)
      : options_(options), temperature_(options.temperature, "sup_con") {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "sup_con");
    const double w = options_.document_weight;
    LossResult result{{}, {{"temperature", temperature_.value()}}};
    if (uses_tiles(options_.kernel, queries_BD, candidates, "sup_con")) {
      const TiledLoss loss = tiled_sup_con(tiled_batch(queries_BD, candidates, temperature_), w);
      result.value = loss.value;
      if (loss.accuracy) result.statistics.emplace_back("accuracy", *loss.accuracy);
      return result;
    }
    const at::Tensor positive_BN = dense_pairs(candidates.positives, queries_BD);
    at::Tensor logits_BN = queries_BD.matmul(candidates.embeddings.t()) * temperature_.inverse();
    if (candidates.excluded.num_pairs() > 0) {
      logits_BN = logits_BN.masked_fill(dense_pairs(candidates.excluded, queries_BD), kMaskedLogit);
    }
    const at::Tensor weights_BN = positive_BN.to(logits_BN.scalar_type());
    result.value = logits_BN.sum() * 0.0;
    if (candidates.positives.num_pairs() == 0) return result;
    at::Tensor row_logits_BN = logits_BN;
    if (candidates.log_q.defined()) {
      row_logits_BN = logits_BN - candidates.log_q.to(logits_BN.options());
      if (!candidates.corrects_positives)
        row_logits_BN = at::where(positive_BN, logits_BN, row_logits_BN);
    }
    result.value = at::Tensor();
    for (const int64_t axis : {int64_t{1}, int64_t{0}}) {
      const double share = axis == 1 ? 1.0 - w : w;
      if (share == 0.0) continue;
      const at::Tensor term =
          direction(axis == 1 ? row_logits_BN : logits_BN, weights_BN, axis) * share;
      result.value = result.value.defined() ? result.value + term : term;
    }
    const at::Tensor row_has_positive = positive_BN.any(1);
    const at::Tensor best_is_positive =
        positive_BN.gather(1, row_logits_BN.detach().argmax(1, true)).squeeze(1);
    result.statistics.emplace_back(
        "accuracy",
        best_is_positive.masked_select(row_has_positive).to(at::kDouble).mean().item<double>());
    return result;
  }

  NamedTensors parameters() const override { return temperature_.parameters(); }
  void clamp_parameters() override { temperature_.clamp(); }
  double inverse_temperature() const override { return temperature_.inverse_value(); }
  void to_device(const std::string& device) override { temperature_.to_device(device); }

 private:
  // The softmax runs along `axis`; the mean is over the lines that have a positive.
  static at::Tensor direction(const at::Tensor& logits, const at::Tensor& weights, int64_t axis) {
    const at::Tensor num_positives = weights.sum(axis);
    const at::Tensor has_positive = num_positives.gt(0).to(weights.scalar_type());
    const at::Tensor positive_sum = (logits * weights).sum(axis);
    const at::Tensor line = logits.logsumexp({axis}) - positive_sum / num_positives.clamp_min(1.0);
    return (line * has_positive).sum() / has_positive.sum();
  }

  SupConOptions options_;
  Temperature temperature_;
};

}  // namespace

std::unique_ptr<Loss> make_sup_con(const SupConOptions& options) {
  return std::make_unique<SupCon>(options);
}

}  // namespace twinset
