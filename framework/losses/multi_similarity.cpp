#include "framework/losses/multi_similarity.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class MultiSimilarity final : public CosineLoss {
 public:
  explicit MultiSimilarity(const MultiSimilarityOptions& options)
      : CosineLoss("multi_similarity", options.document_weight, options.beta), options_(options) {}

 private:
  at::Tensor direction(const Lines& lines) override {
    const LabelledLogits& labelled = lines.labelled();
    at::Tensor positive_terms_P = (lines.positive_logits() - options_.base) * -options_.alpha;
    at::Tensor negative_terms_BN =
        labelled.mask_non_negatives((labelled.logits() - options_.base) * options_.beta);
    if (options_.mining_margin) {
      const at::NoGradGuard no_grad;
      const double epsilon = *options_.mining_margin;
      const at::Tensor& positive_P = lines.positive_logits();
      const at::Tensor negatives_BN = labelled.mask_non_negatives(labelled.logits());
      const at::Tensor hardest_negative_L = negatives_BN.amax({lines.axis()});
      const at::Tensor hardest_positive_L = lowest_positive(lines);
      const at::Tensor is_easy_P = (positive_P - epsilon).ge(lines.of_pairs(hardest_negative_L));
      const at::Tensor is_easy_BN =
          (negatives_BN + epsilon).le(hardest_positive_L.unsqueeze(lines.axis()));
      const at::AutoGradMode with_grad(true);
      positive_terms_P = positive_terms_P.masked_fill(is_easy_P, kMaskedLogit);
      negative_terms_BN = negative_terms_BN.masked_fill(is_easy_BN, kMaskedLogit);
    }
    // softplus of the log of a sum is the log of one plus the sum.
    const at::Tensor pull_L =
        log_one_plus_exp(lines.log_sum_positives(positive_terms_P)) / options_.alpha;
    const at::Tensor push_L =
        log_one_plus_exp(negative_terms_BN.logsumexp({lines.axis()})) / options_.beta;
    return (pull_L + push_L).mean();
  }

  // A line without a positive gets a number that no negative reaches.
  static at::Tensor lowest_positive(const Lines& lines) {
    const at::Tensor& positive_P = lines.positive_logits();
    const at::Tensor& line_P =
        lines.axis() == 1 ? lines.labelled().positives().row : lines.labelled().positives().column;
    return at::full({lines.num_lines()}, -kMaskedLogit, positive_P.options())
        .scatter_reduce(0, line_P, positive_P, "amin");
  }

  MultiSimilarityOptions options_;
};

}  // namespace

std::unique_ptr<Loss> make_multi_similarity(const MultiSimilarityOptions& options) {
  return std::make_unique<MultiSimilarity>(options);
}

}  // namespace twinset
