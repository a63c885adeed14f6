#include "framework/losses/info_nce.h"

#include <ATen/ops/logaddexp.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

#include <algorithm>

#include "framework/core/error.h"
#include "framework/kernels/tiled_softmax.h"
#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class InfoNce final : public Loss {
 public:
  explicit InfoNce(const InfoNceOptions& options)
      : options_(options), temperature_(options.temperature, "info_nce") {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "info_nce");
    check_targets(candidates);
    const double w = options_.document_weight;
    LossResult result{{}, {{"temperature", temperature_.value()}}};
    if (uses_tiles(options_.kernel, queries_BD, candidates, "info_nce")) {
      const TiledLoss loss =
          tiled_info_nce(tiled_batch(queries_BD, candidates, temperature_), candidates.targets, w);
      result.value = loss.value;
      if (loss.accuracy) result.statistics.emplace_back("accuracy", *loss.accuracy);
      return result;
    }
    std::vector<int64_t> rows, targets;
    for (size_t i = 0; i < candidates.targets.size(); ++i) {
      if (candidates.targets[i] < 0) continue;
      rows.push_back(static_cast<int64_t>(i));
      targets.push_back(candidates.targets[i]);
    }
    const at::Tensor logits_BN =
        queries_BD.matmul(candidates.embeddings.t()) * temperature_.inverse();
    result.value = logits_BN.sum() * 0.0;
    if (rows.empty()) return result;

    const at::Tensor row_R = index_tensor(rows, queries_BD),
                     target_R = index_tensor(targets, queries_BD);
    const at::Tensor target_logits_R = logits_BN.index({row_R, target_R});
    at::Tensor row_target_logits_R = target_logits_R;
    const at::Tensor not_negative_BN =
        dense_pairs(candidates.positives, queries_BD)
            .logical_or(dense_pairs(candidates.excluded, queries_BD));
    const at::Tensor negatives_BN = logits_BN.masked_fill(not_negative_BN, kMaskedLogit);

    at::Tensor row_negatives_RN = negatives_BN.index_select(0, row_R);
    if (candidates.log_q.defined()) {
      const at::Tensor log_q_N = candidates.log_q.to(logits_BN.options());
      row_negatives_RN = row_negatives_RN - log_q_N;
      if (candidates.corrects_positives)
        row_target_logits_R = target_logits_R - log_q_N.index_select(0, target_R);
    }
    const at::Tensor query_loss =
        (at::logaddexp(row_negatives_RN.logsumexp({1}), row_target_logits_R) - row_target_logits_R)
            .mean();
    const at::Tensor column_negatives_R = negatives_BN.logsumexp({0}).index_select(0, target_R);
    const at::Tensor document_loss =
        (at::logaddexp(column_negatives_R, target_logits_R) - target_logits_R).mean();
    result.value = query_loss * (1.0 - w) + document_loss * w;

    const at::Tensor best_negative_R = std::get<0>(row_negatives_RN.detach().max(1));
    result.statistics.emplace_back(
        "accuracy",
        row_target_logits_R.detach().gt(best_negative_R).to(at::kDouble).mean().item<double>());
    return result;
  }

  NamedTensors parameters() const override { return temperature_.parameters(); }
  void clamp_parameters() override { temperature_.clamp(); }
  double inverse_temperature() const override { return temperature_.inverse_value(); }
  void to_device(const std::string& device) override { temperature_.to_device(device); }

 private:
  static void check_targets(const Candidates& candidates) {
    for (size_t i = 0; i < candidates.targets.size(); ++i) {
      const auto row = candidates.positives.row(static_cast<int64_t>(i));
      const int64_t target = candidates.targets[i];
      if (target < 0 || std::binary_search(row.begin(), row.end(), target)) continue;
      throw ShapeError({.where = "info_nce",
                        .what = fmt::format("the target of row {} is column {}", i, target),
                        .expected = "one of the row's positives, or -1 for none"});
    }
  }

  InfoNceOptions options_;
  Temperature temperature_;
};

}  // namespace

std::unique_ptr<Loss> make_info_nce(const InfoNceOptions& options) {
  return std::make_unique<InfoNce>(options);
}

}  // namespace twinset
