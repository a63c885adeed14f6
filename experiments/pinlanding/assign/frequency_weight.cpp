#include "experiments/pinlanding/assign/frequency_weight.h"

#include <algorithm>
#include <cmath>

namespace twinset::pinlanding {
namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

FrequencyWeight::FrequencyWeight(const FrequencyWeightOptions& options,
                                 const std::vector<int64_t>& counts, int64_t num_products)
    : factors_(counts.size(), 1.0), offsets_(counts.size(), 0.0) {
  TWINSET_CHECK(!counts.empty() && num_products > 0, "attributes and products");
  std::vector<double> shares;
  for (const int64_t count : counts)
    shares.push_back(static_cast<double>(std::max<int64_t>(count, 1)) /
                     static_cast<double>(num_products));
  const double middle = median(shares);
  for (size_t a = 0; a < shares.size(); ++a) {
    if (options.formula == "logit") offsets_[a] = -options.strength * std::log(shares[a]);
    if (options.formula == "power") factors_[a] = std::pow(middle / shares[a], options.strength);
    if (options.formula == "exponential")
      factors_[a] = std::exp(options.strength * (1 - shares[a] / middle));
  }
}

}  // namespace twinset::pinlanding
