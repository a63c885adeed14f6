#include "eval/training_curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

void add_line(const nlohmann::ordered_json& line, std::vector<TrainingCurve>& curves) {
  const double step = line["step"].get<double>();
  for (const auto& [name, value] : line.items()) {
    if (name == "step" || !value.is_number()) continue;
    const auto is_same = [&key = name](const TrainingCurve& known) { return known.metric == key; };
    auto curve = std::find_if(curves.begin(), curves.end(), is_same);
    if (curve == curves.end()) curve = curves.insert(curves.end(), TrainingCurve{name, {}});
    curve->points.emplace_back(step, value.get<double>());
  }
}

}  // namespace

std::vector<TrainingCurve> read_training_curves(const std::filesystem::path& file) {
  std::vector<TrainingCurve> curves;
  if (!std::filesystem::exists(file)) return curves;
  const std::string content = read_file(file);
  size_t number = 1;
  for (size_t begin = 0; begin < content.size(); ++number) {
    const size_t end = content.find('\n', begin);
    const bool is_cut_off = end == std::string::npos;
    const auto line = nlohmann::ordered_json::parse(
        content.substr(begin, is_cut_off ? end : end - begin), nullptr, false);
    if (line.is_object() && line.contains("step") && line["step"].is_number()) {
      add_line(line, curves);
    } else if (!is_cut_off) {
      throw DataError({.where = fmt::format("{}:{}", file.string(), number),
                       .what = "is no metrics line",
                       .expected = "an object with a 'step'"});
    }
    begin = is_cut_off ? content.size() : end + 1;
  }
  return curves;
}

std::vector<std::pair<double, double>> thin_out(
    const std::vector<std::pair<double, double>>& points, size_t max_points) {
  if (points.size() <= max_points || max_points == 0) return points;
  const size_t group = (points.size() + max_points - 1) / max_points;
  std::vector<std::pair<double, double>> thinned;
  for (size_t begin = 0; begin < points.size(); begin += group) {
    const size_t end = std::min(points.size(), begin + group);
    double step = 0.0, value = 0.0;
    for (size_t i = begin; i < end; ++i) step += points[i].first, value += points[i].second;
    thinned.emplace_back(step / static_cast<double>(end - begin),
                         value / static_cast<double>(end - begin));
  }
  return thinned;
}

}  // namespace twinset
