#include "eval/frequency_bands.h"

#include <algorithm>
#include <numeric>

namespace twinset {

FrequencyBands frequency_bands(const std::vector<int64_t>& counts) {
  FrequencyBands bands{
      {"head", "torso", "tail"}, std::vector<int64_t>(counts.size()), std::vector<int64_t>(3)};
  std::vector<size_t> order(counts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return counts[a] > counts[b]; });
  const size_t third = (counts.size() + 2) / 3;
  for (size_t place = 0; place < order.size(); ++place) {
    const size_t band = place / third;
    bands.band_of[order[place]] = static_cast<int64_t>(band);
    bands.least_counts[band] = counts[order[place]];
  }
  return bands;
}

}  // namespace twinset
