#pragma once

#include <cstdint>
#include <vector>

#include "framework/core/random.h"

namespace twinset {

/// `count` different numbers below `bound`, every set of them equally likely, ascending; all of
/// them if there are no more. Time O(count log count), whatever `bound` is. Source: Floyd 1987
/// (Bentley, "A sample of brilliance", CACM 30:9).
std::vector<int64_t> draw_distinct(int64_t count, int64_t bound, CounterRandom& random);

}  // namespace twinset
