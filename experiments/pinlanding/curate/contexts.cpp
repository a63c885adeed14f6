#include "experiments/pinlanding/curate/contexts.h"

#include <algorithm>
#include <cmath>

#include "experiments/pinlanding/curate/normalise.h"
#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

constexpr double kLeastProducts = 3;

double lift_of(double count, double num_products, double rate, double smoothing) {
  return (count + smoothing * rate) / ((num_products + smoothing) * rate);
}

}  // namespace

TitleFeatures::TitleFeatures(const std::vector<std::string>& titles,
                             const ContextOptions& options) {
  std::unordered_map<std::string, int64_t> counts;
  const auto phrases_of = [&](const std::string& title) {
    std::string spaced = title;
    std::replace(spaced.begin(), spaced.end(), '-', ' ');
    const std::vector<std::string> words = words_of(spaced);
    std::vector<std::string> phrases;
    for (size_t begin = 0; begin < words.size(); ++begin) {
      for (size_t end = begin + 1;
           end <= std::min(words.size(), begin + static_cast<size_t>(options.longest_phrase));
           ++end) {
        phrases.push_back(join_words(words, begin, end));
      }
    }
    std::sort(phrases.begin(), phrases.end());
    phrases.erase(std::unique(phrases.begin(), phrases.end()), phrases.end());
    return phrases;
  };
  for (const std::string& title : titles) {
    for (const std::string& phrase : phrases_of(title)) ++counts[phrase];
  }
  std::vector<std::string> kept;
  for (const auto& [phrase, count] : counts) {
    if (count >= options.min_feature_count) kept.push_back(phrase);
  }
  std::sort(kept.begin(), kept.end());
  std::unordered_map<std::string, int32_t> index;
  for (size_t i = 0; i < kept.size(); ++i) index[kept[i]] = static_cast<int32_t>(i);
  num_features_ = static_cast<int64_t>(kept.size());
  for (const std::string& title : titles) {
    std::vector<int32_t>& row = features_.emplace_back();
    for (const std::string& phrase : phrases_of(title)) {
      if (const auto found = index.find(phrase); found != index.end()) row.push_back(found->second);
    }
  }
}

FamilyContexts::FamilyContexts(const std::vector<const std::vector<int32_t>*>& products,
                               const TitleFeatures& features, const ContextOptions& options)
    : rates_(static_cast<size_t>(features.size())), smoothing_(options.smoothing) {
  std::vector<int32_t> family;
  for (const std::vector<int32_t>* some : products)
    family.insert(family.end(), some->begin(), some->end());
  std::sort(family.begin(), family.end());
  family.erase(std::unique(family.begin(), family.end()), family.end());
  for (const int32_t product : family) {
    for (const int32_t t : features.of(product))
      rates_[static_cast<size_t>(t)] += 1.0 / static_cast<double>(family.size());
  }
  for (const std::vector<int32_t>* some : products) {
    Phrase& phrase = phrases_.emplace_back();
    phrase.num_products = static_cast<double>(some->size());
    for (const int32_t product : *some) {
      for (const int32_t t : features.of(product)) ++phrase.counts[t];
    }
    for (size_t t = 0; t < rates_.size(); ++t) {
      const auto found = phrase.counts.find(static_cast<int32_t>(t));
      const double k = found == phrase.counts.end() ? 0.0 : found->second,
                   expected = phrase.num_products * rates_[t];
      if (std::max(k, expected) < kLeastProducts ||
          std::abs(k - expected) < options.significance * std::sqrt(expected))
        continue;
      phrase.lifts.emplace_back(static_cast<int32_t>(t),
                                lift_of(k, phrase.num_products, rates_[t], smoothing_));
    }
    measure_own(phrase, *some, features);
  }
}

void FamilyContexts::measure_own(const Phrase& phrase, const std::vector<int32_t>& products,
                                 const TitleFeatures& features) {
  double constant = 0, sum = 0, squares = 0;
  std::unordered_map<int32_t, double> gains;  // of a product that is left out
  for (const auto& [t, lift] : phrase.lifts) {
    const double q = rates_[static_cast<size_t>(t)];
    constant += (lift - 1) * q;
    const auto found = phrase.counts.find(t);
    if (found != phrase.counts.end())
      gains[t] = std::log(lift_of(found->second - 1, phrase.num_products, q, smoothing_));
  }
  for (const int32_t product : products) {
    double evidence = -constant;
    for (const int32_t t : features.of(product)) {
      if (const auto gain = gains.find(t); gain != gains.end()) evidence += gain->second;
    }
    sum += evidence;
    squares += evidence * evidence;
  }
  const double n = phrase.num_products, mean = sum / n;
  own_.push_back(mean);
  own_deviation_.push_back(std::sqrt(std::max(0.0, squares / n - mean * mean) / n));
}

bool FamilyContexts::is_telling(int64_t a, double z) const {
  const auto i = static_cast<size_t>(a);
  return own_[i] > z * own_deviation_[i] && own_[i] > 0;
}

Agreement FamilyContexts::agreement(int64_t b, int64_t a) const {
  const Phrase &model = phrases_[static_cast<size_t>(a)], &other = phrases_[static_cast<size_t>(b)];
  double mean = 0, variance = 0;
  for (const auto& [t, lift] : model.lifts) {
    const auto found = other.counts.find(t);
    const double share = found == other.counts.end() ? 0.0 : found->second / other.num_products,
                 gain = std::log(lift);
    mean += share * gain - (lift - 1) * rates_[static_cast<size_t>(t)];
    variance += share * (1 - share) * gain * gain / other.num_products;
  }
  const double own = own_[static_cast<size_t>(a)];
  return {mean / own, std::sqrt(variance) / std::abs(own)};
}

Agreement FamilyContexts::mutual_agreement(int64_t b, int64_t a) const {
  const Agreement forward = agreement(b, a);
  if (!is_telling(b)) return forward;
  const Agreement backward = agreement(a, b);
  return backward.value < forward.value ? backward : forward;
}

}  // namespace twinset::pinlanding
