#include "framework/losses/proxy_anchor.h"

#include <ATen/TensorOperators.h>

namespace twinset {
namespace {

class ProxyAnchor final : public CosineLoss {
 public:
  explicit ProxyAnchor(const ProxyAnchorOptions& options)
      : CosineLoss("proxy_anchor", 1.0, options.alpha), options_(options) {}

 private:
  at::Tensor direction(const Lines& columns) override {
    const LabelledLogits& labelled = columns.labelled();
    const at::Tensor pull_N =
        columns.log_sum_positives((columns.positive_logits() - options_.margin) * -options_.alpha);
    const at::Tensor push_N =
        labelled.mask_non_negatives((labelled.logits() + options_.margin) * options_.alpha)
            .logsumexp({columns.axis()});
    return columns.mean_of_lines(log_one_plus_exp(pull_N)) + log_one_plus_exp(push_N).mean();
  }

  ProxyAnchorOptions options_;
};

}  // namespace

std::unique_ptr<Loss> make_proxy_anchor(const ProxyAnchorOptions& options) {
  return std::make_unique<ProxyAnchor>(options);
}

}  // namespace twinset
