#include "datasets/wardrobe/clicks.h"

#include <algorithm>

namespace twinset::wardrobe {
namespace {

constexpr size_t kSeenProducts = 12;
constexpr double kFirstClick = .45;

}  // namespace

std::map<int64_t, int64_t> simulate_clicks(std::vector<int64_t> found, int64_t num_products,
                                           int64_t num_searches, double stray_share,
                                           CounterRandom random) {
  for (size_t i = found.size(); i > 1; --i) std::swap(found[i - 1], found[random.below(i)]);
  std::map<int64_t, int64_t> clicks;
  for (int64_t search = 0; search < num_searches; ++search) {
    for (size_t rank = 0; rank < std::min(found.size(), kSeenProducts); ++rank) {
      if (!random.bernoulli(kFirstClick / static_cast<double>(rank + 1))) continue;
      const bool is_stray = random.bernoulli(stray_share);
      ++clicks[is_stray ? static_cast<int64_t>(random.below(static_cast<uint64_t>(num_products)))
                        : found[rank]];
    }
  }
  return clicks;
}

}  // namespace twinset::wardrobe
