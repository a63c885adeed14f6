#include "eval/judged/agreement.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace twinset {
namespace {

// Categories in order, as indices.
std::map<double, size_t> categories_of(const RatingTable& ratings) {
  std::set<double> values;
  for (const auto& item : ratings) {
    for (const auto& rating : item) {
      if (rating) values.insert(*rating);
    }
  }
  std::map<double, size_t> index;
  for (const double value : values) index.emplace(value, index.size());
  return index;
}

double weight(size_t i, size_t j, KappaWeights weights) {
  const double distance = std::abs(static_cast<double>(i) - static_cast<double>(j));
  switch (weights) {
    case KappaWeights::kNone:
      return i == j ? 0 : 1;
    case KappaWeights::kLinear:
      return distance;
    case KappaWeights::kQuadratic:
      return distance * distance;
  }
  return 0;
}

using Matrix = std::vector<std::vector<double>>;

// Pairs of values within items; each item counts as many pairs as it has ratings.
Matrix coincidences(const RatingTable& ratings, const std::map<double, size_t>& index) {
  Matrix matrix(index.size(), std::vector<double>(index.size()));
  for (const auto& item : ratings) {
    std::vector<size_t> values;
    for (const auto& rating : item) {
      if (rating) values.push_back(index.at(*rating));
    }
    for (size_t a = 0; a < values.size(); ++a) {
      for (size_t b = 0; b < values.size(); ++b) {
        if (a != b) matrix[values[a]][values[b]] += 1.0 / static_cast<double>(values.size() - 1);
      }
    }
  }
  return matrix;
}

double squared_difference(size_t c, size_t k, RatingScale scale, const std::vector<double>& values,
                          const std::vector<double>& totals) {
  if (c == k) return 0;
  if (scale == RatingScale::kNominal) return 1;
  double difference = values[c] - values[k];
  if (scale == RatingScale::kOrdinal) {
    const auto [low, high] = std::minmax(c, k);
    difference = -(totals[low] + totals[high]) / 2;
    for (size_t g = low; g <= high; ++g) difference += totals[g];
  }
  return difference * difference;
}

}  // namespace

std::optional<double> cohen_kappa(const RatingTable& ratings, size_t rater_a, size_t rater_b,
                                  KappaWeights weights) {
  RatingTable common;
  for (const auto& item : ratings) {
    if (item.at(rater_a) && item.at(rater_b)) common.push_back({item[rater_a], item[rater_b]});
  }
  const auto index = categories_of(common);
  Matrix observed(index.size(), std::vector<double>(index.size()));
  std::vector<double> of_a(index.size()), of_b(index.size());
  for (const auto& item : common) {
    const size_t a = index.at(*item[0]), b = index.at(*item[1]);
    observed[a][b] += 1;
    of_a[a] += 1;
    of_b[b] += 1;
  }
  const auto total = static_cast<double>(common.size());
  double disagreement = 0, expected = 0;
  for (size_t i = 0; i < index.size(); ++i) {
    for (size_t j = 0; j < index.size(); ++j) {
      disagreement += weight(i, j, weights) * observed[i][j];
      expected += weight(i, j, weights) * of_a[i] * of_b[j] / total;
    }
  }
  if (expected == 0) return std::nullopt;
  return 1 - disagreement / expected;
}

std::optional<double> fleiss_kappa(const RatingTable& ratings) {
  RatingTable complete;
  for (const auto& item : ratings) {
    if (item.size() > 1 &&
        std::all_of(item.begin(), item.end(), [](const auto& r) { return r.has_value(); }))
      complete.push_back(item);
  }
  if (complete.empty()) return std::nullopt;
  const auto index = categories_of(complete);
  const auto raters = static_cast<double>(complete[0].size()),
             items = static_cast<double>(complete.size());
  std::vector<double> totals(index.size());
  double agreement = 0;
  for (const auto& item : complete) {
    std::vector<double> counts(index.size());
    for (const auto& rating : item) counts[index.at(*rating)] += 1;
    double squares = 0;
    for (size_t c = 0; c < counts.size(); ++c) {
      totals[c] += counts[c];
      squares += counts[c] * counts[c];
    }
    agreement += (squares - raters) / (raters * (raters - 1));
  }
  double chance = 0;
  for (const double total : totals)
    chance += (total / (items * raters)) * (total / (items * raters));
  if (index.size() < 2) return std::nullopt;
  return (agreement / items - chance) / (1 - chance);
}

std::optional<double> krippendorff_alpha(const RatingTable& ratings, RatingScale scale) {
  RatingTable pairable;
  for (const auto& item : ratings) {
    if (std::count_if(item.begin(), item.end(), [](const auto& r) { return r.has_value(); }) > 1)
      pairable.push_back(item);
  }
  const auto index = categories_of(pairable);
  const Matrix observed = coincidences(pairable, index);
  std::vector<double> values, totals(index.size());
  for (const auto& [value, i] : index) values.push_back(value);
  double total = 0;
  for (size_t c = 0; c < index.size(); ++c) {
    for (size_t k = 0; k < index.size(); ++k) totals[c] += observed[c][k];
    total += totals[c];
  }
  double disagreement = 0, expected = 0;
  for (size_t c = 0; c < index.size(); ++c) {
    for (size_t k = 0; k < index.size(); ++k) {
      const double difference = squared_difference(c, k, scale, values, totals);
      disagreement += observed[c][k] * difference;
      expected += totals[c] * totals[k] * difference;
    }
  }
  if (expected == 0) return std::nullopt;
  return 1 - (total - 1) * disagreement / expected;
}

}  // namespace twinset
