#include "eval/top_hits.h"

#include <algorithm>

namespace twinset {

void TopHits::add(double score, bool is_relevant) {
  if (k_ <= 0 || !may_enter(score)) return;
  const auto level = std::lower_bound(levels_.begin(), levels_.end(), score,
                                      [](const Level& a, double value) { return a.score > value; });
  if (level != levels_.end() && level->score == score) {
    ++level->count;
    level->relevant += is_relevant;
  } else {
    levels_.insert(level, {score, 1, is_relevant});
  }
  ++num_kept_;
  // The last level goes once the levels above it fill k places by themselves.
  while (num_kept_ - levels_.back().count >= k_) {
    num_kept_ -= levels_.back().count;
    levels_.pop_back();
  }
}

double TopHits::expected_hits() const {
  double hits = 0.0;
  int64_t places = k_;
  for (const Level& level : levels_) {
    const double share =
        static_cast<double>(std::min(places, level.count)) / static_cast<double>(level.count);
    hits += share * static_cast<double>(level.relevant);
    places -= std::min(places, level.count);
  }
  return hits;
}

}  // namespace twinset
