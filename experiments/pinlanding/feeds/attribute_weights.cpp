#include "experiments/pinlanding/feeds/attribute_weights.h"

#include <algorithm>
#include <cmath>

namespace twinset::pinlanding {
namespace {

double median_of(std::vector<int64_t> counts) {
  std::erase(counts, 0);
  if (counts.empty()) return 0;
  std::sort(counts.begin(), counts.end());
  const size_t half = counts.size() / 2;
  const auto upper = static_cast<double>(counts[half]);
  return counts.size() % 2 == 1 ? upper : (upper + static_cast<double>(counts[half - 1])) / 2;
}

}  // namespace

std::vector<double> attribute_weights(const std::string& formula, double power,
                                      const std::vector<int64_t>& counts, int64_t num_products) {
  const double median = median_of(counts);
  std::vector<double> weights;
  for (const int64_t count : counts) {
    const auto n = static_cast<double>(count);
    if (count == 0) {
      weights.push_back(0);
    } else if (formula == "idf") {
      weights.push_back(std::log(static_cast<double>(num_products) / n));
    } else if (formula == "inverse_frequency") {
      weights.push_back(std::pow(median / n, power));
    } else {
      weights.push_back(1);
    }
  }
  return weights;
}

}  // namespace twinset::pinlanding
