#include "experiments/pinlanding/assign/score_calibration.h"

#include <algorithm>
#include <cmath>

namespace twinset::pinlanding {
namespace {

struct Block {
  double weight = 0, truth = 0, score = 0;  // sums, weighted
  double mean() const { return truth / weight; }
};

double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

}  // namespace

ScoreCalibration ScoreCalibration::isotonic(std::vector<LabelledScore> pairs) {
  std::sort(pairs.begin(), pairs.end(),
            [](const LabelledScore& a, const LabelledScore& b) { return a.score < b.score; });
  std::vector<Block> blocks;
  for (size_t i = 0; i < pairs.size();) {
    Block block;
    const double score = pairs[i].score;
    for (; i < pairs.size() && pairs[i].score == score; ++i) {
      block.weight += pairs[i].weight;
      block.truth += pairs[i].is_true ? pairs[i].weight : 0.0;
      block.score += pairs[i].weight * score;
    }
    if (block.weight <= 0) continue;
    blocks.push_back(block);
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() >= blocks.back().mean()) {
      Block& before = blocks[blocks.size() - 2];
      before.weight += blocks.back().weight;
      before.truth += blocks.back().truth;
      before.score += blocks.back().score;
      blocks.pop_back();
    }
  }
  ScoreCalibration result;
  for (const Block& block : blocks) {
    result.scores_.push_back(block.score / block.weight);
    result.probabilities_.push_back(block.mean());
  }
  return result;
}

ScoreCalibration ScoreCalibration::platt(const std::vector<LabelledScore>& pairs) {
  double positive = 0, negative = 0, mean = 0;
  for (const LabelledScore& pair : pairs) {
    (pair.is_true ? positive : negative) += pair.weight;
    mean += pair.weight * pair.score;
  }
  ScoreCalibration result;
  if (positive + negative <= 0) return result;
  mean /= positive + negative;
  const double high = (positive + 1) / (positive + 2), low = 1 / (negative + 2);
  double a = 1, b = std::log((positive + 1) / (negative + 1));
  const auto loss = [&](double slope, double offset) {
    double sum = 0;
    for (const LabelledScore& pair : pairs) {
      const double z = slope * (pair.score - mean) + offset, t = pair.is_true ? high : low;
      sum += pair.weight * (std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))) - t * z);
    }
    return sum;
  };
  for (int step = 0; step < 100; ++step) {
    double ga = 0, gb = 0, haa = 1e-12, hab = 0, hbb = 1e-12;
    for (const LabelledScore& pair : pairs) {
      const double x = pair.score - mean, p = sigmoid(a * x + b),
                   d = pair.weight * (p - (pair.is_true ? high : low)),
                   h = pair.weight * p * (1 - p);
      ga += d * x;
      gb += d;
      haa += h * x * x;
      hab += h * x;
      hbb += h;
    }
    const double determinant = haa * hbb - hab * hab;
    if (std::abs(ga) + std::abs(gb) < 1e-9 * (positive + negative) || determinant <= 0) break;
    const double da = (hbb * ga - hab * gb) / determinant, db = (haa * gb - hab * ga) / determinant;
    double size = 1;
    for (const double now = loss(a, b); size > 1e-8 && loss(a - size * da, b - size * db) > now;
         size /= 2) {
    }
    a -= size * da;
    b -= size * db;
  }
  result.is_logistic_ = true;
  result.slope_ = std::max(a, 0.0);
  result.offset_ = b - result.slope_ * mean;
  return result;
}

ScoreCalibration ScoreCalibration::fit(const std::string& method,
                                       const std::vector<LabelledScore>& pairs) {
  return method == "platt" ? platt(pairs) : isotonic(pairs);
}

double ScoreCalibration::probability(double score) const {
  if (is_logistic_) return sigmoid(slope_ * score + offset_);
  if (scores_.empty()) return 0;
  if (score <= scores_.front()) return probabilities_.front();
  if (score >= scores_.back()) return probabilities_.back();
  const auto above = static_cast<size_t>(std::upper_bound(scores_.begin(), scores_.end(), score) -
                                         scores_.begin());
  const double share = (score - scores_[above - 1]) / (scores_[above] - scores_[above - 1]);
  return probabilities_[above - 1] + share * (probabilities_[above] - probabilities_[above - 1]);
}

nlohmann::ordered_json ScoreCalibration::save() const {
  return {{"logistic", is_logistic_},
          {"slope", slope_},
          {"offset", offset_},
          {"scores", scores_},
          {"probabilities", probabilities_}};
}

ScoreCalibration ScoreCalibration::load(const nlohmann::ordered_json& json) {
  ScoreCalibration result;
  json.at("logistic").get_to(result.is_logistic_);
  json.at("slope").get_to(result.slope_);
  json.at("offset").get_to(result.offset_);
  json.at("scores").get_to(result.scores_);
  json.at("probabilities").get_to(result.probabilities_);
  return result;
}

}  // namespace twinset::pinlanding
