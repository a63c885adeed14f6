#include "experiments/pinlanding/assign/attribute_scores.h"

#include <algorithm>
#include <cmath>

namespace twinset::pinlanding {
namespace {

// Subtracts the logarithm of the sum of exponentials from scores [begin, end).
void log_softmax(std::vector<double>& scores, size_t begin, size_t end) {
  const double highest = *std::max_element(scores.begin() + static_cast<std::ptrdiff_t>(begin),
                                           scores.begin() + static_cast<std::ptrdiff_t>(end));
  double sum = 0;
  for (size_t a = begin; a < end; ++a) sum += std::exp(scores[a] - highest);
  const double log_sum = highest + std::log(sum);
  for (size_t a = begin; a < end; ++a) scores[a] -= log_sum;
}

}  // namespace

AttributeScores::AttributeScores(std::vector<float> attributes, int64_t dim,
                                 double inverse_temperature, std::vector<int64_t> family_of,
                                 const std::string& kind, FrequencyWeight weight)
    : attributes_(std::move(attributes)),
      dim_(dim),
      inverse_temperature_(inverse_temperature),
      family_of_(std::move(family_of)),
      kind_(kind),
      weight_(std::move(weight)) {
  TWINSET_CHECK(attributes_.size() == family_of_.size() * static_cast<size_t>(dim),
                "a row an attribute");
}

void AttributeScores::score(std::span<const float> product, std::vector<double>& raw,
                            std::vector<double>& weighted) const {
  const size_t count = family_of_.size(), dim = static_cast<size_t>(dim_);
  raw.resize(count);
  weighted.resize(count);
  for (size_t a = 0; a < count; ++a) {
    float sum = 0;
    const float* row = attributes_.data() + a * dim;
    for (size_t d = 0; d < dim; ++d) sum += product[d] * row[d];
    raw[a] = static_cast<double>(sum) * inverse_temperature_;
  }
  if (kind_ == "vocabulary_softmax") log_softmax(raw, 0, count);
  if (kind_ == "family_softmax") {
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
      while (end < count && family_of_[end] == family_of_[begin]) ++end;
      log_softmax(raw, begin, end);
    }
  }
  for (size_t a = 0; a < count; ++a) weighted[a] = weight_.apply(raw[a], static_cast<int64_t>(a));
}

double AttributeScores::naive_confidence(double raw) const {
  return kind_ == "similarity" ? 1 / (1 + std::exp(-raw)) : std::exp(raw);
}

}  // namespace twinset::pinlanding
