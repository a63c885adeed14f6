#include "experiments/pinlanding/topics/topic_selection.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

bool is_below(const Topic& topic, const TopicCriteria& least) {
  return topic.coherence < least.coherence || topic.plausibility < least.plausibility ||
         topic.phrasing < least.phrasing;
}

// Products of the topics that were kept, by product.
class KeptTopics {
 public:
  bool has_near(const std::vector<int32_t>& products, double max_jaccard) {
    overlap_.assign(sizes_.size(), 0);
    for (const int32_t p : products) {
      if (static_cast<size_t>(p) >= topics_of_.size()) continue;
      for (const int32_t topic : topics_of_[static_cast<size_t>(p)]) {
        ++overlap_[static_cast<size_t>(topic)];
      }
    }
    for (size_t t = 0; t < sizes_.size(); ++t) {
      if (overlap_[t] == 0) continue;
      const auto together = static_cast<double>(products.size() + sizes_[t]) - overlap_[t];
      if (overlap_[t] / together > max_jaccard || overlap_[t] == together) return true;
    }
    return false;
  }

  void add(const std::vector<int32_t>& products) {
    const auto topic = static_cast<int32_t>(sizes_.size());
    sizes_.push_back(products.size());
    for (const int32_t p : products) {
      if (static_cast<size_t>(p) >= topics_of_.size())
        topics_of_.resize(static_cast<size_t>(p) + 1);
      topics_of_[static_cast<size_t>(p)].push_back(topic);
    }
  }

 private:
  std::vector<std::vector<int32_t>> topics_of_;
  std::vector<size_t> sizes_;
  std::vector<int32_t> overlap_;
};

}  // namespace

double topic_score(const Topic& topic, const TopicCriteria& weights) {
  const double values[] = {topic.coherence, topic.plausibility, topic.phrasing};
  const double exponents[] = {weights.coherence, weights.plausibility, weights.phrasing};
  double log_score = 0, sum = 0;
  for (size_t i = 0; i < 3; ++i) {
    if (exponents[i] > 0) log_score += exponents[i] * std::log(std::max(values[i], 0.0));
    sum += exponents[i];
  }
  if (sum > 0) return std::exp(log_score / sum);
  throw ConfigError({.where = "topics.weights", .what = "are all 0", .expected = "one above 0"});
}

std::vector<Topic> select_topics(const std::vector<Topic>& topics,
                                 const std::vector<std::vector<int32_t>>& products,
                                 const TopicsOptions& options, DroppedTopics& dropped) {
  std::vector<double> scores;
  for (const Topic& topic : topics) scores.push_back(topic_score(topic, options.weights));
  std::vector<size_t> order(topics.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (scores[a] != scores[b]) return scores[a] > scores[b];
    if (topics[a].title != topics[b].title) return topics[a].title < topics[b].title;
    return a < b;
  });
  std::vector<Topic> selected;
  std::set<std::string> titles;
  KeptTopics kept;
  for (const size_t i : order) {
    if (is_below(topics[i], options.thresholds)) {
      ++dropped.below_thresholds;
    } else if (options.max_topics > 0 && std::ssize(selected) >= options.max_topics) {
      ++dropped.beyond_limit;
    } else if (titles.contains(topics[i].title)) {
      ++dropped.same_title;
    } else if (kept.has_near(products[i], options.max_jaccard)) {
      ++dropped.near_duplicates;
    } else {
      titles.insert(topics[i].title);
      kept.add(products[i]);
      selected.push_back(topics[i]);
      selected.back().score = scores[i];
    }
  }
  return selected;
}

}  // namespace twinset::pinlanding
