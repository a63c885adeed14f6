#include "experiments/pinlanding/assign/label_weights.h"

#include <algorithm>

namespace twinset::pinlanding {
namespace {

constexpr double kLeastGroup =
    20;  // products; smaller groups tell nothing of how readily a family is labelled

}  // namespace

LabelWeights::LabelWeights(const std::string& kind, const SparsePairs& labels,
                           const std::vector<int64_t>& groups,
                           const std::vector<int64_t>& family_of, int64_t num_families)
    : kind_(kind == "all"        ? Kind::kAll
            : kind == "labelled" ? Kind::kLabelled
                                 : Kind::kApplicable) {
  if (kind_ != Kind::kApplicable) return;
  const int64_t num_groups =
      1 + (groups.empty() ? -1 : *std::max_element(groups.begin(), groups.end()));
  const auto column = [](int64_t group) { return static_cast<size_t>(group + 1); };
  std::vector<double> sizes(static_cast<size_t>(num_groups) + 1);
  std::vector<std::vector<double>> labelled(static_cast<size_t>(num_families),
                                            std::vector<double>(sizes.size()));
  for (int64_t i = 0; i < labels.num_rows(); ++i) {
    const size_t group = column(groups[static_cast<size_t>(i)]);
    ++sizes[group];
    int64_t last = -1;
    for (const int64_t attribute : labels.row(i)) {  // columns of one family stand together
      const int64_t family = family_of[static_cast<size_t>(attribute)];
      if (family != last) ++labelled[static_cast<size_t>(family)][group];
      last = family;
    }
  }
  for (const std::vector<double>& counts : labelled) {
    double all_labelled = 0, all = 0, highest = 0;
    for (size_t g = 0; g < sizes.size(); ++g) {
      all_labelled += counts[g];
      all += sizes[g];
      if (sizes[g] >= kLeastGroup) highest = std::max(highest, counts[g] / sizes[g]);
    }
    if (highest == 0 && all > 0) highest = all_labelled / all;
    std::vector<double>& weights = weights_.emplace_back(sizes.size(), 0.0);
    for (size_t g = 0; g < sizes.size() && highest > 0; ++g) {
      const double rate = sizes[g] > 0 ? counts[g] / sizes[g] : all_labelled / all,
                   p = std::min(1.0, rate / highest);
      weights[g] = p < 1 ? highest * (1 - p) / (1 - p * highest) : 0.0;
    }
  }
}

double LabelWeights::unlabelled(int64_t family, int64_t group, bool is_labelled) const {
  if (kind_ == Kind::kAll || is_labelled) return 1;
  if (kind_ == Kind::kLabelled) return 0;
  const std::vector<double>& weights = weights_[static_cast<size_t>(family)];
  return weights[std::min(static_cast<size_t>(group + 1), weights.size() - 1)];
}

}  // namespace twinset::pinlanding
