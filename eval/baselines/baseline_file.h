#pragma once

#include <filesystem>
#include <vector>

#include "eval/baselines/baselines.h"

namespace twinset {

/// Keeps baselines beside the runs, so that a table can be made without the data:
/// [{"name": "frequency prior", "source": "", "metrics": {"product_to_attribute.map": 0.551}},
/// ...], with "is_verified": false for numbers that were not checked with their source. Atomic.
void write_baselines(const std::vector<BaselineResult>& baselines,
                     const std::filesystem::path& file);

/// Reads them back; also the place for published numbers, each with its source.
/// @throws DataError if the file can't be read or is of another shape.
std::vector<BaselineResult> read_baselines(const std::filesystem::path& file);

}  // namespace twinset
