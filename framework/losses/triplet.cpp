#include "framework/losses/triplet.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/log1p.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class Triplet final : public CosineLoss {
 public:
  explicit Triplet(const TripletOptions& options)
      : CosineLoss("triplet", options.document_weight, options.is_soft ? options.scale : 1.0),
        options_(options) {}

 private:
  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    dim_ = static_cast<double>(queries_BD.size(1));
    return CosineLoss::forward(queries_BD, candidates);
  }

  at::Tensor direction(const Lines& lines) override {
    const at::Tensor& positive_P = lines.positive_logits();
    if (options_.miner == "hardest") {
      const at::Tensor has_negative_P = lines.of_pairs(lines.num_negatives()).gt(0);
      return lines.mean(violation(lines.of_pairs(lines.labelled().negatives().amax({lines.axis()})),
                                  positive_P, has_negative_P),
                        has_negative_P);
    }
    // Line by line: [P, L], a pair's positive against each candidate of its line.
    const at::Tensor negatives =
        lines.axis() == 1 ? lines.labelled().negatives() : lines.labelled().negatives().t();
    if (options_.miner == "semi_hard") {
      const at::Tensor candidates_PL = lines.of_pairs(negatives),
                       limit_P1 = positive_P.unsqueeze(1);
      const at::Tensor is_semi_hard_PL =
          candidates_PL.lt(limit_P1).logical_and(candidates_PL.gt(limit_P1 - options_.margin));
      const at::Tensor hardest_P =
          candidates_PL.masked_fill(is_semi_hard_PL.logical_not(), kMaskedLogit).amax({1});
      const at::Tensor counted_P = is_semi_hard_PL.any(1);
      return lines.mean(violation(hardest_P, positive_P, counted_P), counted_P);
    }
    const at::Tensor share_PL = lines.of_pairs(shares(negatives));
    const at::Tensor counted_PL = share_PL.gt(0);
    const at::Tensor terms_PL =
        violation(lines.of_pairs(negatives), positive_P.unsqueeze(1), counted_PL) * share_PL;
    return lines.mean(terms_PL.sum(1), counted_PL.any(1));
  }

  // Where a triplet does not count, its stand-in for a negative is not touched.
  at::Tensor violation(const at::Tensor& negative, const at::Tensor& positive,
                       const at::Tensor& counted) const {
    const at::Tensor gap = (negative - positive).masked_fill(counted.logical_not(), -1.0);
    return options_.is_soft ? log_one_plus_exp(gap * options_.scale) / options_.scale
                            : (gap + options_.margin).clamp_min(0.0);
  }

  // The probability with which each negative of a line is drawn; 0 for other pairs, and for a line
  // without a negative.
  at::Tensor shares(const at::Tensor& negatives) const {
    const at::NoGradGuard no_grad;
    at::Tensor is_drawn = negatives.gt(0.5 * kMaskedLogit);
    at::Tensor log_weight = negatives * 0.0;
    if (options_.miner == "distance_weighted") {
      const at::Tensor distance = (2.0 - 2.0 * negatives.clamp(-1.0, 1.0)).sqrt();
      is_drawn = is_drawn.logical_and(distance.lt(options_.nonzero_loss_cutoff));
      const at::Tensor cut = distance.clamp(options_.distance_cutoff, 1.999);
      log_weight =
          cut.log() * (2.0 - dim_) - at::log1p(cut.square() * -0.25) * (0.5 * (dim_ - 3.0));
    }
    const at::Tensor masked = log_weight.masked_fill(is_drawn.logical_not(), kMaskedLogit);
    return masked.softmax(1).masked_fill(is_drawn.logical_not(), 0.0);
  }

  TripletOptions options_;
  double dim_ = 0;
};

}  // namespace

std::unique_ptr<Loss> make_triplet(const TripletOptions& options) {
  if (options.miner == "semi_hard" && options.margin == 0.0) {
    throw ConfigError({.where = "triplet.margin",
                       .what = "is 0 with the miner 'semi_hard', which then finds nothing",
                       .expected = "above 0",
                       .todo = "or choose another miner"});
  }
  return std::make_unique<Triplet>(options);
}

}  // namespace twinset
