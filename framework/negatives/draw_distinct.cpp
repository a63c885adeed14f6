#include "framework/negatives/draw_distinct.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

namespace twinset {

std::vector<int64_t> draw_distinct(int64_t count, int64_t bound, CounterRandom& random) {
  std::vector<int64_t> result;
  if (count >= bound) {
    result.resize(static_cast<size_t>(bound));
    std::iota(result.begin(), result.end(), 0);
    return result;
  }
  std::unordered_set<int64_t> chosen;
  for (int64_t last = bound - count; last < bound; ++last) {
    const auto number = static_cast<int64_t>(random.below(static_cast<uint64_t>(last) + 1));
    result.push_back(chosen.insert(number).second ? number : last);
    chosen.insert(result.back());
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace twinset
