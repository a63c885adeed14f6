#include "experiments/pinlanding/assign/assignment_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "eval/calibration.h"
#include "framework/core/atomic_file.h"
#include "framework/core/nearest_name.h"

namespace twinset::pinlanding {
namespace {

// Pairs that count, by attribute: of even and of odd products.
struct Pairs {
  std::vector<std::vector<LabelledScore>> of_attribute;
  std::vector<std::vector<LabelledScore>> of_family[2];
  std::vector<std::vector<double>> naive_of_family[2];
};

Pairs collect(const AttributeVocabulary& vocabulary, const AttributeScores& scores,
              const HeldOut& held_out) {
  const auto& family_of = vocabulary.family_of();
  const size_t num_families = vocabulary.families().size();
  Pairs pairs;
  pairs.of_attribute.resize(family_of.size());
  for (auto& half : pairs.of_family) half.resize(num_families);
  for (auto& half : pairs.naive_of_family) half.resize(num_families);
  std::vector<double> raw, weighted;
  for (int64_t i = 0; i < held_out.labels->num_rows(); ++i) {
    scores.score({held_out.embeddings + i * held_out.dim, static_cast<size_t>(held_out.dim)}, raw,
                 weighted);
    const auto labels = held_out.labels->row(i);
    std::vector<uint8_t> has_family(num_families);
    for (const int64_t a : labels)
      has_family[static_cast<size_t>(family_of[static_cast<size_t>(a)])] = 1;
    const auto half = static_cast<size_t>(i % 2);
    for (size_t a = 0; a < family_of.size(); ++a) {
      const auto family = static_cast<size_t>(family_of[a]);
      const bool is_true =
          std::binary_search(labels.begin(), labels.end(), static_cast<int64_t>(a));
      const double weight = is_true ? 1.0
                                    : held_out.weights->unlabelled(
                                          family_of[a], (*held_out.groups)[static_cast<size_t>(i)],
                                          has_family[family] != 0);
      if (weight <= 0) continue;
      pairs.of_attribute[a].push_back({weighted[a], is_true, weight});
      pairs.of_family[half][family].push_back({weighted[a], is_true, weight});
      pairs.naive_of_family[half][family].push_back(scores.naive_confidence(raw[a]));
    }
  }
  return pairs;
}

ThresholdChoice choose(const std::vector<LabelledScore>& pairs, const ThresholdOptions& options) {
  return options.criterion == "f1" ? best_f1_threshold(pairs)
                                   : precision_threshold(pairs, options.target_precision);
}

std::vector<LabelledScore> all_of_both(std::vector<LabelledScore> first,
                                       const std::vector<LabelledScore>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

void AssignmentModel::set_families(const AttributeVocabulary& vocabulary,
                                   const AssignOptions& options) {
  family_of_ = vocabulary.family_of();
  min_confidence_ = options.min_confidence;
  for (const std::string& family : vocabulary.families()) {
    is_exclusive_.push_back(std::find(options.several_values.begin(), options.several_values.end(),
                                      family) == options.several_values.end());
  }
}

AssignmentModel AssignmentModel::learn(const AttributeVocabulary& vocabulary,
                                       const AttributeScores& scores, const HeldOut& held_out,
                                       const AssignOptions& options) {
  if (held_out.labels->num_pairs() == 0) {
    throw DataError({.where = "assign.split",
                     .what = fmt::format("no product of '{}' has a label", options.split),
                     .expected = "held-out labels"});
  }
  AssignmentModel model;
  model.set_families(vocabulary, options);
  const Pairs pairs = collect(vocabulary, scores, held_out);
  const size_t num_families = vocabulary.families().size();
  std::vector<LabelledScore> all;
  std::vector<double> common_of_family, probabilities[2], weights;
  std::vector<uint8_t> truth;
  for (size_t f = 0; f < num_families; ++f) {
    const auto family = all_of_both(pairs.of_family[0][f], pairs.of_family[1][f]);
    common_of_family.push_back(choose(family, options.threshold).threshold);
    model.calibrations_.push_back(ScoreCalibration::fit(options.calibration, family));
    all.insert(all.end(), family.begin(), family.end());
    for (const size_t half : {size_t{0}, size_t{1}}) {
      const ScoreCalibration other =
          ScoreCalibration::fit(options.calibration, pairs.of_family[1 - half][f]);
      for (size_t i = 0; i < pairs.of_family[half][f].size(); ++i) {
        const LabelledScore& pair = pairs.of_family[half][f][i];
        probabilities[0].push_back(pairs.naive_of_family[half][f][i]);
        probabilities[1].push_back(other.probability(pair.score));
        truth.push_back(pair.is_true);
        weights.push_back(pair.weight);
      }
    }
  }
  model.error_before_ = expected_calibration_error(probabilities[0], truth, weights);
  model.error_after_ = expected_calibration_error(probabilities[1], truth, weights);
  model.common_threshold_ = choose(all, options.threshold).threshold;
  for (size_t a = 0; a < pairs.of_attribute.size(); ++a) {
    double support = 0;
    for (const LabelledScore& pair : pairs.of_attribute[a]) support += pair.is_true ? 1 : 0;
    const double own = choose(pairs.of_attribute[a], options.threshold).threshold;
    const double common = options.threshold.shrink_to == "global"
                              ? model.common_threshold_
                              : common_of_family[static_cast<size_t>(model.family_of_[a])];
    model.supports_.push_back(support);
    model.own_thresholds_.push_back(own);
    model.thresholds_.push_back(shrunk_threshold(own, support, common, options.threshold.kappa));
  }
  return model;
}

std::vector<AssignedAttribute> AssignmentModel::assign(const std::vector<double>& weighted,
                                                       const NamedAttributes* named) const {
  std::vector<AssignedAttribute> assigned, of_family;
  for (size_t begin = 0, end = 0; begin < family_of_.size(); begin = end) {
    const auto family = static_cast<size_t>(family_of_[begin]);
    of_family.clear();
    for (end = begin; end < family_of_.size() && family_of_[end] == family_of_[begin]; ++end) {
      const bool is_named =
          named != nullptr &&
          std::binary_search(named->named.begin(), named->named.end(), static_cast<int64_t>(end));
      if (weighted[end] < thresholds_[end] && !is_named) continue;
      double confidence = calibrations_[family].probability(weighted[end]);
      if (named != nullptr)
        confidence = with_odds(confidence, is_named ? named->odds_named : named->odds_unnamed);
      of_family.push_back({static_cast<int64_t>(end), confidence});
    }
    if (is_exclusive_[family] && !of_family.empty()) {
      const auto margin = [&](const AssignedAttribute& a) {
        return weighted[static_cast<size_t>(a.attribute)] -
               thresholds_[static_cast<size_t>(a.attribute)];
      };
      const auto is_worse = [&](const AssignedAttribute& a, const AssignedAttribute& b) {
        return named == nullptr ? margin(a) < margin(b) : a.confidence < b.confidence;
      };
      AssignedAttribute best = *std::max_element(of_family.begin(), of_family.end(), is_worse);
      if (named != nullptr) {
        double sum = 0;
        for (const AssignedAttribute& one : of_family) sum += one.confidence;
        best.confidence /= std::max(1.0, sum);
      }
      of_family = {best};
    }
    for (const AssignedAttribute& one : of_family) {
      if (one.confidence >= min_confidence_) assigned.push_back(one);
    }
  }
  return assigned;
}

void AssignmentModel::save(const std::filesystem::path& file, const AttributeVocabulary& vocabulary,
                           const std::string& digest) const {
  auto attributes = nlohmann::ordered_json::object(), families = nlohmann::ordered_json::object();
  for (size_t a = 0; a < thresholds_.size(); ++a) {
    attributes[vocabulary.phrases()[a]] = {
        {"threshold", thresholds_[a]}, {"own", own_thresholds_[a]}, {"support", supports_[a]}};
  }
  for (size_t f = 0; f < calibrations_.size(); ++f)
    families[vocabulary.families()[f]] = calibrations_[f].save();
  const nlohmann::ordered_json json = {
      {"digest", digest},
      {"common_threshold", common_threshold_},
      {"expected_calibration_error", {{"before", error_before_}, {"after", error_after_}}},
      {"attributes", attributes},
      {"calibrations", families}};
  write_file(file, json.dump(1) + "\n");
}

AssignmentModel AssignmentModel::load(const std::filesystem::path& file,
                                      const AttributeVocabulary& vocabulary,
                                      const AssignOptions& options) {
  AssignmentModel model;
  model.set_families(vocabulary, options);
  try {
    const auto json = nlohmann::ordered_json::parse(read_file(file));
    json.at("common_threshold").get_to(model.common_threshold_);
    json.at("expected_calibration_error").at("before").get_to(model.error_before_);
    json.at("expected_calibration_error").at("after").get_to(model.error_after_);
    for (const auto& [phrase, entry] : json.at("attributes").items()) {
      if (vocabulary.find(phrase) < 0) {
        const std::string nearest = nearest_name(phrase, vocabulary.phrases());
        throw DataError(
            {.where = file.string(),
             .what = fmt::format("the attribute '{}' is unknown to the trained vocabulary", phrase),
             .expected = "one of its phrases",
             .todo = nearest.empty() ? "learn thresholds again: remove the file"
                                     : fmt::format("did you mean '{}'?", nearest)});
      }
    }
    for (const std::string& phrase : vocabulary.phrases()) {
      const auto& entry = json.at("attributes").at(phrase);
      model.thresholds_.push_back(entry.at("threshold"));
      model.own_thresholds_.push_back(entry.at("own"));
      model.supports_.push_back(entry.at("support"));
    }
    for (const std::string& family : vocabulary.families())
      model.calibrations_.push_back(ScoreCalibration::load(json.at("calibrations").at(family)));
  } catch (const nlohmann::json::exception& error) {
    throw DataError({.where = file.string(),
                     .what = fmt::format("holds no thresholds ({})", error.what()),
                     .todo = "remove it, to learn them again"});
  }
  return model;
}

std::string AssignmentModel::saved_digest(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return "";
  const auto json =
      nlohmann::ordered_json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.contains("digest") && json["digest"].is_string()
             ? json["digest"].get<std::string>()
             : "";
}

}  // namespace twinset::pinlanding
