#include "experiments/pinlanding/topics/topic_scores.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "eval/baselines/title_words.h"

namespace twinset::pinlanding {
namespace {

double value_or_0(const auto& map, const auto& key) {
  const auto found = map.find(key);
  return found == map.end() ? 0.0 : found->second;
}

}  // namespace

double normalized_pmi(int64_t support, const std::vector<int64_t>& counts, int64_t num_products) {
  const double log_n = std::log(static_cast<double>(num_products));
  const double log_together = std::log(static_cast<double>(support)) - log_n;
  if (log_together == 0 || counts.size() < 2) return 0;
  double log_apart = 0;
  for (const int64_t count : counts) log_apart += std::log(static_cast<double>(count)) - log_n;
  return (log_together - log_apart) / (-static_cast<double>(counts.size() - 1) * log_together);
}

double named_share(const std::string& title, const std::vector<Attribute>& attributes) {
  const auto words = title_words(title);
  const std::set<std::string> named(words.begin(), words.end());
  double count = 0;
  for (const Attribute& attribute : attributes) {
    const auto value = title_words(attribute.value);
    count +=
        std::all_of(value.begin(), value.end(), [&](const auto& w) { return named.contains(w); });
  }
  return attributes.empty() ? 0.0 : count / static_cast<double>(attributes.size());
}

DemandModel::DemandModel(const std::vector<Intent>& log, double back_off) : back_off_(back_off) {
  for (const Intent& intent : log) {
    const auto searches = static_cast<double>(intent.searches);
    total_ += searches;
    std::set<std::string> phrases;
    for (const Attribute& attribute : intent.attributes) phrases.insert(attribute.phrase());
    for (const auto& a : phrases) {
      volume_[a] += searches;
      for (const auto& b : phrases) {
        if (a != b) together_[{a, b}] += searches;
      }
    }
  }
}

double DemandModel::expected_searches(const std::vector<Attribute>& attributes) const {
  if (attributes.empty() || total_ == 0) return 0;
  const std::string category = attributes.front().phrase();
  const double category_volume = value_or_0(volume_, category);
  double expected = category_volume;
  for (size_t i = 1; i < attributes.size() && expected > 0; ++i) {
    const std::string phrase = attributes[i].phrase();
    const double share = value_or_0(volume_, phrase) / total_;
    const double pair = value_or_0(together_, std::pair(phrase, category));
    expected *= (pair + back_off_ * share) / (category_volume + back_off_);
  }
  return expected;
}

}  // namespace twinset::pinlanding
