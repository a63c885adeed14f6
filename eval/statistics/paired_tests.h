// Whether two systems differ on the same queries. Both tests are two-sided and look at the
// differences a query alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace twinset {

struct PairedTest {
  double statistic = 0.0;  ///< mean difference (permutation) or t
  double p_value = 1.0;    ///< 1 if no query differs
  bool is_exact = false;   ///< every permutation was looked at
};

struct PermutationOptions {
  int64_t num_permutations = 100000;
  uint64_t seed = 1;
  int num_threads = 0;  ///< 0 for one a core; the result does not depend on it
};

/// Fisher's paired randomisation test: under the null hypothesis the two values of a query could as
/// well be exchanged.
///
/// p is the share of exchanges whose mean difference is at least as far from 0 as the one seen, the
/// seen one among them. All exchanges are looked at where they are no more than `num_permutations`
/// (16 queries that differ, at the default); otherwise random ones, with p = (count + 1) /
/// (num_permutations + 1).
///
/// @param first, second  [queries] the same queries in the same order
/// @throws ShapeError if the lengths differ or are 0.
/// Source: Smucker, Allan, Carterette 2007, CIKM, "A comparison of statistical significance tests
/// for IR evaluation".
PairedTest paired_permutation_test(std::span<const double> first, std::span<const double> second,
                                   const PermutationOptions& options = {});

/// Student's paired t test: \f$ t = \bar d \sqrt n / s_d \f$ with n - 1 degrees of freedom.
/// Differences that are all equal and not 0 give t = +-infinity and p = 0; a single query p = NaN.
/// @throws ShapeError as above.
PairedTest paired_t_test(std::span<const double> first, std::span<const double> second);

/// Holm's step-down correction for a family of tests: adjusted p values, each to be compared with
/// the level alone.
///
/// Sorted ascending, \f$ \tilde p_{(i)} = \max_{j \le i} \min(1, (m - j + 1) p_{(j)}) \f$.
/// Source: Holm 1979, Scandinavian Journal of Statistics 6(2).
std::vector<double> holm_adjusted(std::span<const double> p_values);

/// The mean difference in units of the differences' standard deviation (Cohen's d for paired
/// samples, d_z); 0 where no query differs, infinite where all differ by the same.
double paired_effect_size(std::span<const double> first, std::span<const double> second);

}  // namespace twinset
