#pragma once

#include <string>

#include "framework/core/tensor_fwd.h"

namespace twinset {

/// Rows divided by their length: [N, D] float32 on the CPU, without graph.
/// @param what  the noun of a row, for the error
/// @throws DataError naming a row that is zero or not finite
at::Tensor unit_rows(const at::Tensor& rows, const std::string& what);

}  // namespace twinset
