#include "framework/retrieval/top_k.h"

#include <algorithm>

namespace twinset {

// At least 64 apart from k, so that a small k does not shrink at every push.
TopK::TopK(int64_t k) : k_(static_cast<size_t>(k)), capacity_(k_ + std::max<size_t>(k_, 64)) {}

void TopK::shrink() {
  const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
  std::nth_element(kept_.begin(), last, kept_.end(),
                   [](const auto& a, const auto& b) { return is_better(a, b); });
  kept_.resize(k_);
  threshold_ = kept_.back().score;
}

std::span<const ScoredDocument> TopK::finish() {
  std::sort(kept_.begin(), kept_.end(),
            [](const auto& a, const auto& b) { return is_better(a, b); });
  if (kept_.size() > k_) kept_.resize(k_);
  return kept_;
}

}  // namespace twinset
