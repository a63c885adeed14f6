#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace twinset {

/// A document and its score; better is the higher score, of equal scores the lower document.
struct ScoredDocument {
  float score = 0.0F;
  int64_t document = 0;

  friend bool is_better(const ScoredDocument& a, const ScoredDocument& b) {
    return a.score > b.score || (a.score == b.score && a.document < b.document);
  }
};

/// The k best of a stream that comes in ascending order of documents, in memory for 2 k of them.
///
/// Keeps what may still be among the best and throws the worse half away whenever it is full:
/// mostly a push costs one comparison, otherwise O(1) on average.
class TopK {
 public:
  explicit TopK(int64_t k);

  /// Only a greater score can enter: the k-th best one as far as is known. An equal one comes too
  /// late.
  float threshold() const { return threshold_; }
  /// NaN and -infinity never enter.
  void push(float score, int64_t document) {
    if (!(score > threshold_)) return;
    kept_.push_back({score, document});
    if (kept_.size() == capacity_) shrink();
  }
  /// The best, best first. Ends the stream.
  std::span<const ScoredDocument> finish();

 private:
  void shrink();

  size_t k_;
  size_t capacity_;
  float threshold_ = -std::numeric_limits<float>::infinity();
  std::vector<ScoredDocument> kept_;
};

}  // namespace twinset
