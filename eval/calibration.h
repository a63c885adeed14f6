// How far probabilities can be trusted: calibration error and reliability as pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace twinset {

/// Predictions of nearly equal confidence.
struct ReliabilityBin {
  double confidence = 0;  ///< weighted mean of the predicted probabilities
  double accuracy = 0;    ///< weighted share that was true
  double weight = 0;      ///< sum of weights, the number of predictions if none are given
};

/// How predictions are put into bins.
enum class Binning { kEqualWidth, kEqualMass };

/// Predictions in bins, ascending in confidence; empty bins are left out.
///
/// kEqualWidth: bin m of M holds p in [m / M, (m + 1) / M), the last one 1 too. kEqualMass: the
/// predictions in order of p (ties by position) are cut into M runs whose lengths differ by one at
/// most, whatever their weights.
///
/// @param probabilities  [N] in [0, 1]
/// @param is_true        [N] 0 or 1
/// @param weights        [N] at least 0, or empty: 1 each
std::vector<ReliabilityBin> reliability(std::span<const double> probabilities,
                                        std::span<const uint8_t> is_true,
                                        std::span<const double> weights = {}, int64_t num_bins = 15,
                                        Binning binning = Binning::kEqualWidth);

/// Expected calibration error: \f$ ECE = \sum_m \frac{w_m}{\sum_k w_k} |acc_m - conf_m| \f$ over
/// the bins of `reliability`; 0 without predictions. Source: Naeini et al. 2015, AAAI; 15 bins as
/// in Guo et al. 2017, arXiv:1706.04599.
double expected_calibration_error(std::span<const double> probabilities,
                                  std::span<const uint8_t> is_true,
                                  std::span<const double> weights = {}, int64_t num_bins = 15,
                                  Binning binning = Binning::kEqualWidth);

/// Mean squared distance of the probability from the truth; 0 without predictions. Source: Brier
/// 1950.
double brier_score(std::span<const double> probabilities, std::span<const uint8_t> is_true,
                   std::span<const double> weights = {});

}  // namespace twinset
