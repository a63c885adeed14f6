#pragma once

namespace twinset {

/// P(|T| >= |t|) of Student's t with `degrees` > 0 degrees of freedom, a regularised incomplete
/// beta function:
///
/// \f$ p = I_{\nu/(\nu+t^2)}(\nu/2, 1/2) \f$
///
/// Accurate to about 1e-12 relative. Source: DLMF 8.17.22 (continued fraction).
double student_t_two_sided(double t, double degrees);

/// P(Z <= z) of the standard normal distribution.
double normal_cdf(double z);

/// The z with P(Z <= z) = p, 0 < p < 1; infinities at 0 and 1.
double normal_quantile(double p);

}  // namespace twinset
