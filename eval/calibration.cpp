#include "eval/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/core/error.h"

namespace twinset {
namespace {

void check_sizes(std::span<const double> probabilities, std::span<const uint8_t> is_true,
                 std::span<const double> weights) {
  TWINSET_CHECK(probabilities.size() == is_true.size(), "one truth a probability");
  TWINSET_CHECK(weights.empty() || weights.size() == is_true.size(), "one weight a probability");
}

double weight_of(std::span<const double> weights, size_t i) {
  return weights.empty() ? 1.0 : weights[i];
}

// The bin of each prediction.
std::vector<size_t> assign_bins(std::span<const double> probabilities, int64_t num_bins,
                                Binning binning) {
  const size_t count = probabilities.size(), bins = static_cast<size_t>(num_bins);
  std::vector<size_t> bin_of(count);
  if (binning == Binning::kEqualWidth) {
    for (size_t i = 0; i < count; ++i) {
      bin_of[i] = std::min(
          bins - 1,
          static_cast<size_t>(std::floor(probabilities[i] * static_cast<double>(num_bins))));
    }
    return bin_of;
  }
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return probabilities[a] < probabilities[b]; });
  for (size_t place = 0; place < count; ++place) bin_of[order[place]] = place * bins / count;
  return bin_of;
}

}  // namespace

std::vector<ReliabilityBin> reliability(std::span<const double> probabilities,
                                        std::span<const uint8_t> is_true,
                                        std::span<const double> weights, int64_t num_bins,
                                        Binning binning) {
  check_sizes(probabilities, is_true, weights);
  TWINSET_CHECK(num_bins > 0, "at least one bin");
  const std::vector<size_t> bin_of = assign_bins(probabilities, num_bins, binning);
  std::vector<ReliabilityBin> bins(static_cast<size_t>(num_bins));
  for (size_t i = 0; i < bin_of.size(); ++i) {
    ReliabilityBin& bin = bins[bin_of[i]];
    const double weight = weight_of(weights, i);
    bin.weight += weight;
    bin.confidence += weight * probabilities[i];
    bin.accuracy += weight * (is_true[i] != 0 ? 1.0 : 0.0);
  }
  std::erase_if(bins, [](const ReliabilityBin& bin) { return bin.weight <= 0; });
  for (ReliabilityBin& bin : bins) {
    bin.confidence /= bin.weight;
    bin.accuracy /= bin.weight;
  }
  return bins;
}

double expected_calibration_error(std::span<const double> probabilities,
                                  std::span<const uint8_t> is_true, std::span<const double> weights,
                                  int64_t num_bins, Binning binning) {
  double error = 0, total = 0;
  for (const ReliabilityBin& bin :
       reliability(probabilities, is_true, weights, num_bins, binning)) {
    error += bin.weight * std::abs(bin.accuracy - bin.confidence);
    total += bin.weight;
  }
  return total > 0 ? error / total : 0.0;
}

double brier_score(std::span<const double> probabilities, std::span<const uint8_t> is_true,
                   std::span<const double> weights) {
  check_sizes(probabilities, is_true, weights);
  double sum = 0, total = 0;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    const double distance = probabilities[i] - (is_true[i] != 0 ? 1.0 : 0.0);
    sum += weight_of(weights, i) * distance * distance;
    total += weight_of(weights, i);
  }
  return total > 0 ? sum / total : 0.0;
}

}  // namespace twinset
