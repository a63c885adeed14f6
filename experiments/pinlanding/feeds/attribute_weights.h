#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace twinset::pinlanding {

/// What an attribute counts in a feed's score, by how common it is.
///
/// "none": 1; "idf": \f$ \log(N / n_a) \f$; "inverse_frequency": \f$ (\mathrm{median}(n) /
/// n_a)^\beta \f$, the median over the attributes that some product has.
/// @param counts  [A] n_a; an attribute on no product weighs 0
std::vector<double> attribute_weights(const std::string& formula, double power,
                                      const std::vector<int64_t>& counts, int64_t num_products);

}  // namespace twinset::pinlanding
