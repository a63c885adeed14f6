#include "eval/ranking/judged_ranking.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "framework/core/error.h"

namespace twinset {
namespace {

using Kind = RankingMetric::Kind;

double ratio(double numerator, double denominator) {
  return denominator == 0.0 ? 0.0 : numerator / denominator;
}

// One over log2(rank + 1), from a table for the ranks that lists usually have.
double discount(size_t index) {
  static const std::vector<double> kTable = [] {
    std::vector<double> table;
    for (int i = 0; i < 4096; ++i) table.push_back(std::log2(i + 2.0));
    return table;
  }();
  return index < kTable.size() ? kTable[index] : std::log2(static_cast<double>(index) + 2.0);
}

double gain_of(int32_t grade, const RankingMetric& metric) {
  if (grade < metric.least_grade) return 0.0;
  return metric.gain == Gain::kLinear ? grade : std::exp2(grade) - 1.0;
}

double dcg(std::span<const int32_t> grades, size_t k, const RankingMetric& metric) {
  double sum = 0.0;
  for (size_t i = 0; i < std::min(k, grades.size()); ++i) {
    if (grades[i] >= metric.least_grade) sum += gain_of(grades[i], metric) / discount(i);
  }
  return sum;
}

double graded_precision(std::span<const int32_t> grades, size_t k, double num_relevant,
                        int32_t least_grade) {
  double sum = 0.0, hits = 0.0;
  for (size_t i = 0; i < k; ++i) {
    if (grades[i] < least_grade) continue;
    hits += 1.0;
    sum += hits / static_cast<double>(i + 1);
  }
  return ratio(sum, num_relevant);
}

double bpref(const JudgedRanking& ranking, double num_relevant, int32_t least_grade) {
  const double num_others = static_cast<double>(ranking.judged.size()) - num_relevant;
  const double most = std::min(num_relevant, num_others);
  double sum = 0.0, others = 0.0;
  for (const int32_t grade : ranking.grades) {
    if (grade == kUnjudged) continue;
    if (grade < least_grade)
      others += 1.0;
    else
      sum += others > 0.0 ? 1.0 - std::min(others, num_relevant) / most : 1.0;
  }
  return ratio(sum, num_relevant);
}

double rank_biased_precision(std::span<const int32_t> grades, const RankingMetric& metric) {
  double sum = 0.0, weight = 1.0;
  for (const int32_t grade : grades) {
    if (grade >= metric.least_grade) sum += grade * weight;
    weight *= metric.persistence;
  }
  return (1.0 - metric.persistence) * sum;
}

double pairs_in_order(const JudgedRanking& ranking, double num_relevant, int32_t least_grade) {
  const double num_others = static_cast<double>(ranking.judged.size()) - num_relevant;
  double in_order = 0.0, relevant = 0.0, others = 0.0;
  for (const int32_t grade : ranking.grades) {
    if (grade == kUnjudged) continue;
    if (grade >= least_grade) {
      in_order += num_others - others;
      relevant += 1.0;
    } else {
      others += 1.0;
    }
  }
  in_order += 0.5 * (num_relevant - relevant) * (num_others - others);
  return ratio(in_order, num_relevant * num_others);
}

struct NamedKind {
  Kind kind;
  Gain gain = Gain::kLinear;
};

const std::map<std::string, NamedKind>& known_metrics() {
  static const std::map<std::string, NamedKind> kKnown = {
      {"hit", {Kind::kHit}},
      {"hits", {Kind::kHits}},
      {"precision", {Kind::kPrecision}},
      {"recall", {Kind::kRecall}},
      {"f1", {Kind::kF1}},
      {"r_precision", {Kind::kRPrecision}},
      {"mrr", {Kind::kReciprocalRank}},
      {"map", {Kind::kAveragePrecision}},
      {"dcg", {Kind::kDcg}},
      {"dcg_burges", {Kind::kDcg, Gain::kExponential}},
      {"ndcg", {Kind::kNdcg}},
      {"ndcg_burges", {Kind::kNdcg, Gain::kExponential}},
      {"bpref", {Kind::kBpref}},
      {"rbp", {Kind::kRbp}},
      {"auc", {Kind::kAuc}}};
  return kKnown;
}

template <class T>
T parse_number(const std::string& name, const std::string& text, const char* what) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 1) return value;
  throw ConfigError({.where = "metric '" + name + "'",
                     .what = "'" + text + "' is no " + what,
                     .expected = "a whole number from 1"});
}

}  // namespace

double evaluate_metric(const RankingMetric& metric, const JudgedRanking& ranking) {
  const auto& grades = ranking.grades;
  const auto relevant_end = std::upper_bound(ranking.judged.begin(), ranking.judged.end(),
                                             metric.least_grade, std::greater<>());
  const auto num_relevant = static_cast<double>(relevant_end - ranking.judged.begin());
  const size_t places = metric.cut > 0 ? static_cast<size_t>(metric.cut) : grades.size();
  const size_t k = std::min(places, grades.size());
  const auto hits_in = [&](size_t count) {
    int64_t hits = 0;
    for (size_t i = 0; i < count; ++i) hits += grades[i] >= metric.least_grade;
    return static_cast<double>(hits);
  };
  switch (metric.kind) {
    case Kind::kHit:
      return hits_in(k) > 0.0 ? 1.0 : 0.0;
    case Kind::kHits:
      return hits_in(k);
    case Kind::kPrecision:
      return ratio(hits_in(k), static_cast<double>(places));
    case Kind::kRecall:
      return ratio(hits_in(k), num_relevant);
    case Kind::kF1: {
      const double precision = ratio(hits_in(k), static_cast<double>(places)),
                   recall = ratio(hits_in(k), num_relevant);
      return 2.0 * ratio(precision * recall, precision + recall);
    }
    case Kind::kRPrecision:
      return ratio(hits_in(std::min(static_cast<size_t>(num_relevant), grades.size())),
                   num_relevant);
    case Kind::kReciprocalRank:
      for (size_t i = 0; i < k; ++i) {
        if (grades[i] >= metric.least_grade) return 1.0 / static_cast<double>(i + 1);
      }
      return 0.0;
    case Kind::kAveragePrecision:
      return graded_precision(grades, k, num_relevant, metric.least_grade);
    case Kind::kDcg:
      return dcg(grades, k, metric);
    case Kind::kNdcg:
      return ratio(dcg(grades, k, metric),
                   dcg(ranking.judged, metric.cut > 0 ? places : ranking.judged.size(), metric));
    case Kind::kBpref:
      return bpref(ranking, num_relevant, metric.least_grade);
    case Kind::kRbp:
      return rank_biased_precision(grades, metric);
    case Kind::kAuc:
      return pairs_in_order(ranking, num_relevant, metric.least_grade);
  }
  return 0.0;
}

RankingMetric parse_ranking_metric(const std::string& name) {
  RankingMetric metric;
  std::string rest = name;
  if (const size_t level = rest.find("-l"); level != std::string::npos) {
    metric.least_grade = parse_number<int32_t>(name, rest.substr(level + 2), "grade");
    rest.resize(level);
  }
  if (const size_t at = rest.find('@'); at != std::string::npos) {
    metric.cut = parse_number<int64_t>(name, rest.substr(at + 1), "cut");
    rest.resize(at);
  }
  if (const size_t dot = rest.find('.'); dot != std::string::npos && rest.starts_with("rbp")) {
    const std::string digits = rest.substr(dot + 1);
    metric.persistence = static_cast<double>(parse_number<int64_t>(
                             name, digits, "persistence such as the 95 of rbp.95")) /
                         std::pow(10.0, static_cast<double>(digits.size()));
    rest.resize(dot);
  }
  const auto known = known_metrics().find(rest);
  if (known == known_metrics().end())
    throw_unknown_name("metrics: " + name, "metric", rest, ranking_metric_names());
  metric.kind = known->second.kind;
  metric.gain = known->second.gain;
  return metric;
}

std::vector<std::string> ranking_metric_names() {
  std::vector<std::string> names;
  for (const auto& [name, kind] : known_metrics()) names.push_back(name);
  return names;
}

}  // namespace twinset
