#include "experiments/pinlanding/topics/query_language.h"

#include <algorithm>
#include <cmath>

#include "eval/baselines/title_words.h"
#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kStart = "<s>";

// Two start marks, the words, and "" for the end.
std::vector<std::string> framed(const std::vector<std::string>& words) {
  std::vector<std::string> text = {kStart, kStart};
  text.insert(text.end(), words.begin(), words.end());
  text.emplace_back();
  return text;
}

std::string joined(const std::vector<std::string>& words, size_t first, size_t last) {
  std::string text;
  for (size_t i = first; i < last; ++i) text += words[i] + " ";
  return text;
}

}  // namespace

void TrigramModel::add(const std::vector<std::string>& words, double count) {
  const auto text = framed(words);
  for (size_t i = 2; i < text.size(); ++i) {
    for (size_t first = i - 2; first <= i; ++first) {
      History& history = histories_[joined(text, first, i)];
      history.count += count;
      history.next[text[i]] += count;
    }
  }
}

double TrigramModel::smoothed(const std::vector<std::string>& history, size_t first,
                              const std::string& word) const {
  const auto found = histories_.find(joined(history, first, history.size()));
  double lower = 0;
  if (first < history.size()) {
    lower = smoothed(history, first + 1, word);
  } else {
    lower =
        1.0 /
        (1.0 + (found == histories_.end() ? 0.0 : static_cast<double>(found->second.next.size())));
  }
  if (found == histories_.end()) return lower;
  const auto next = found->second.next.find(word);
  const double count = next == found->second.next.end() ? 0.0 : next->second;
  const auto distinct = static_cast<double>(found->second.next.size());
  return (count + distinct * lower) / (found->second.count + distinct);
}

double TrigramModel::probability(const std::vector<std::string>& history,
                                 const std::string& word) const {
  std::vector<std::string> last = {kStart, kStart};
  last.insert(last.end(), history.begin(), history.end());
  last.erase(last.begin(), last.end() - 2);
  return smoothed(last, 0, word);
}

double TrigramModel::mean_log_probability(const std::vector<std::string>& words) const {
  const auto text = framed(words);
  double sum = 0;
  for (size_t i = 2; i < text.size(); ++i)
    sum += std::log(smoothed({text[i - 2], text[i - 1]}, 0, text[i]));
  return sum / static_cast<double>(text.size() - 2);
}

QueryPhrasing::QueryPhrasing(const std::vector<Intent>& log) {
  std::vector<std::pair<std::vector<std::string>, double>> queries;
  for (const Intent& intent : log) {
    auto words = title_words(intent.query);
    if (!words.empty())
      queries.emplace_back(std::move(words), static_cast<double>(intent.searches));
  }
  if (queries.size() < 2) {
    throw DataError({.where = "demand/intents.jsonl",
                     .what = "has fewer than two queries with words",
                     .expected = "a log to learn phrasing from",
                     .todo = "set topics.judge.answers to a judge's answers instead"});
  }
  for (size_t i = 0; i < queries.size(); i += 2) model_.add(queries[i].first, queries[i].second);
  double total = 0;
  for (size_t i = 1; i < queries.size(); i += 2) {
    yardstick_.emplace_back(model_.mean_log_probability(queries[i].first), queries[i].second);
    total += queries[i].second;
  }
  std::sort(yardstick_.begin(), yardstick_.end());
  double cumulative = 0;
  for (auto& [score, share] : yardstick_) share = (cumulative += share) / total;
}

double QueryPhrasing::score(const std::string& text) const {
  const auto words = title_words(text);
  if (words.empty()) return 0;
  const double score = model_.mean_log_probability(words);
  const auto above = std::upper_bound(yardstick_.begin(), yardstick_.end(), score,
                                      [](double s, const auto& entry) { return s < entry.first; });
  return above == yardstick_.begin() ? 0.0 : std::prev(above)->second;
}

}  // namespace twinset::pinlanding
