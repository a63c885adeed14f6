#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace twinset {

/// One logged number over training.
struct TrainingCurve {
  std::string metric;  ///< such as "loss" or "val.product_to_attribute.map"
  std::vector<std::pair<double, double>> points;  ///< (step, value), by step
};

/// The curves of a metrics.jsonl, whose lines are {"step": 100, "loss": 1.25, ...}; in order of
/// first appearance. Values that are null (not finite) are gaps and left out, a last line that was
/// cut off is ignored.
///
/// @return empty if the file does not exist
/// @throws DataError naming the line for anything else that is no such object.
std::vector<TrainingCurve> read_training_curves(const std::filesystem::path& file);

/// At most `max_points` points: neighbours are averaged in equal groups.
std::vector<std::pair<double, double>> thin_out(
    const std::vector<std::pair<double, double>>& points, size_t max_points);

}  // namespace twinset
