#pragma once

#include <cstdint>
#include <span>

namespace twinset {

/// What several values, such as one a seed, say together.
struct Summary {
  double mean = 0.0;
  double deviation =
      0.0;  ///< sample standard deviation, n - 1 in the denominator; NaN for a single value
  int64_t count = 0;
};

/// @throws DataError if there are no values.
Summary summarize(std::span<const double> values);

/// An interval that holds the truth with a set confidence.
struct Interval {
  double low = 0.0;
  double high = 0.0;
};

struct BootstrapOptions {
  double confidence = 0.95;
  int64_t num_resamples = 10000;
  bool corrects_bias = true;  ///< BCa, corrected for bias and skewness; false: plain percentiles
  uint64_t seed = 1;
  int num_threads = 0;  ///< 0 for one a core; the result does not depend on it
};

/// A bootstrap interval of the mean over queries: queries are drawn with replacement, all values of
/// one with it.
///
/// BCa: \f$ \alpha' = \Phi(z_0 + (z_0 + z_\alpha)/(1 - a (z_0 + z_\alpha))) \f$ with the bias z_0
/// from the share of resampled means below the mean, and the acceleration a from leaving out each
/// value in turn. Quantiles are interpolated linearly.
/// Values that are all equal give that value twice.
/// @throws DataError if there are no values, ConfigError if the confidence is not in (0, 1) or
/// there are no resamples.
/// Source: Efron 1987, JASA 82(397).
Interval bootstrap_interval(std::span<const double> values, const BootstrapOptions& options = {});

}  // namespace twinset
