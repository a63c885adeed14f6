#pragma once

#include <cstdint>
#include <vector>

namespace twinset {

/// Precision's numerator over a stream: how many of the k best scores are relevant, without keeping
/// the scores.
///
/// Exact with ties: the k-th score may be shared by any number of entries, which then count by
/// their share of the places that are left (the expectation over random orders). Keeps at most k
/// distinct scores. The order of the stream does not matter.
class TopHits {
 public:
  explicit TopHits(int64_t k) : k_(k) {}

  /// False if a score is below the k best for certain: `add` would change nothing.
  bool may_enter(double score) const {
    return num_kept_ < k_ || (k_ > 0 && score >= levels_.back().score);
  }
  void add(double score, bool is_relevant);

  double expected_hits() const;

 private:
  // Entries of one score; the levels are ordered from the best score to the worst.
  struct Level {
    double score;
    int64_t count;
    int64_t relevant;
  };
  int64_t k_;
  int64_t num_kept_ = 0;
  std::vector<Level> levels_;
};

}  // namespace twinset
