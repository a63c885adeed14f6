#include "eval/statistics/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace twinset {
namespace {

constexpr double kTiny = 1e-300;

// The continued fraction of I_x(a, b), by Lentz's method.
double beta_fraction(double a, double b, double x) {
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1.0, d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double fraction = d;
  for (int m = 1; m <= 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    double factor = 1.0;
    for (const double term : {even, odd}) {
      d = 1.0 / away_from_zero(1.0 + term * d);
      c = away_from_zero(1.0 + term / c);
      factor = c * d;
      fraction *= factor;
    }
    if (std::abs(factor - 1.0) < 1e-16) break;
  }
  return fraction;
}

// log(Gamma(a + 1/2) / Gamma(a)); for large a from its asymptotic series, as the difference of two
// large numbers is not exact.
double log_gamma_step(double a) {
  if (a < 50.0) return std::lgamma(a + 0.5) - std::lgamma(a);
  const double r = 1.0 / a, r2 = r * r;
  return 0.5 * std::log(a) -
         r * (1.0 / 8 - r2 * (1.0 / 192 - r2 * (1.0 / 640 - r2 * 17.0 / 14336)));
}

// I_x(a, 1/2). `y` = 1 - x, given apart because it may be smaller than the rounding of 1.
double incomplete_beta(double a, double x, double y) {
  if (x <= 0.0) return 0.0;
  if (y <= 0.0) return 1.0;
  const double b = 0.5, log_beta = 0.5 * std::log(M_PI) - log_gamma_step(a);
  // Near 1 the other one is the more exact.
  const double log_x = x > 0.5 ? std::log1p(-y) : std::log(x),
               log_y = y > 0.5 ? std::log1p(-x) : std::log(y);
  const double front = std::exp(a * log_x + b * log_y - log_beta);
  if (x < (a + 1.0) / (a + b + 2.0)) return front * beta_fraction(a, b, x) / a;
  return 1.0 - front * beta_fraction(b, a, y) / b;
}

}  // namespace

double student_t_two_sided(double t, double degrees) {
  if (std::isnan(t)) return t;
  if (std::isinf(t)) return 0.0;
  const double sum = degrees + t * t;
  return incomplete_beta(degrees / 2.0, degrees / sum, t * t / sum);
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double normal_quantile(double p) {
  if (p <= 0.0) return -std::numeric_limits<double>::infinity();
  if (p >= 1.0) return std::numeric_limits<double>::infinity();
  // Newton's steps on the logarithm of the smaller tail converge from any start, as that is
  // concave.
  const double tail = std::min(p, 1.0 - p);
  const double log_tail = std::log(tail);
  double z = tail < 0.02 ? std::sqrt(-2.0 * log_tail) : 0.0;
  for (int i = 0; i < 100; ++i) {
    const double upper = normal_cdf(-z);
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * M_PI);
    const double step = (std::log(upper) - log_tail) * upper / density;
    z += step;
    if (std::abs(step) < 1e-15 * (1.0 + std::abs(z))) break;
  }
  return p < 0.5 ? -z : z;
}

}  // namespace twinset
