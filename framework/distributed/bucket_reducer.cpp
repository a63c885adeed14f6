#include "framework/distributed/bucket_reducer.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <torch/csrc/distributed/c10d/logger.hpp>
#include <torch/csrc/distributed/c10d/reducer.hpp>

#include "framework/core/logging.h"

namespace twinset {
namespace {

constexpr int64_t kFirstBucketBytes = 1 << 20;  // small, so that the first sum starts early

// Looking for unused parameters is wanted, and c10d advises against it where there are none: its
// one piece of advice is dropped.
class WithoutAdvice final : public c10::WarningHandler {
 public:
  void process(const c10::Warning& warning) override {
    if (warning.msg().find("find_unused_parameters=True was specified") == std::string::npos)
      log_warning("{}", warning.msg());
  }
};

class BucketReducer final : public GradientReducer {
 public:
  BucketReducer(const c10::intrusive_ptr<c10d::ProcessGroup>& group, const NamedTensors& parameters,
                int64_t bucket_bytes)
      : warnings_(&without_advice_) {
    std::vector<at::Tensor> tensors;
    std::unordered_map<size_t, std::string> names;
    for (const auto& [name, tensor] : parameters) {
      if (!tensor.requires_grad()) continue;  // frozen
      names[tensors.size()] = name;
      tensors.push_back(tensor);
    }
    // Buckets in reverse: gradients of the last layers come first.
    const std::vector<bool> is_sparse(tensors.size(), false);
    auto [buckets, limits] = c10d::compute_bucket_assignment_by_size(
        tensors, {static_cast<size_t>(kFirstBucketBytes), static_cast<size_t>(bucket_bytes)},
        is_sparse);
    std::reverse(buckets.begin(), buckets.end());
    reducer_ = std::make_shared<c10d::Reducer>(
        tensors, buckets, group, is_sparse, bucket_bytes, /*find_unused_parameters=*/true,
        /*gradient_as_bucket_view=*/true, names, kFirstBucketBytes,
        /*skip_all_reduce_unused_params=*/false, /*use_python_reducer=*/false,
        std::vector<int64_t>{});
  }
  ~BucketReducer() override { reducer_->remove_autograd_hooks(); }

  void prepare(const std::vector<at::Tensor>& outputs) override {
    reducer_->prepare_for_forward();
    reducer_->prepare_for_backward(outputs);
  }

 private:
  WithoutAdvice without_advice_;
  c10::WarningUtils::WarningHandlerGuard warnings_;
  std::shared_ptr<c10d::Reducer> reducer_;
};

}  // namespace

std::unique_ptr<GradientReducer> make_bucket_reducer(
    const c10::intrusive_ptr<c10d::ProcessGroup>& group, const NamedTensors& parameters,
    int64_t bucket_bytes) {
  const auto is_frozen = [](const auto& entry) { return !entry.second.requires_grad(); };
  if (std::all_of(parameters.begin(), parameters.end(), is_frozen)) return nullptr;
  return std::make_unique<BucketReducer>(group, parameters, bucket_bytes);
}

}  // namespace twinset
