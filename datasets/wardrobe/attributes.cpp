#include "datasets/wardrobe/attributes.h"

#include <fmt/format.h>

#include <algorithm>

namespace twinset::wardrobe {

std::string_view family_name(Family family) {
  static constexpr std::array<std::string_view, kNumFamilies> kNames = {
      "gender", "category",      "style",  "season",   "material", "pattern",
      "colour", "second_colour", "sleeve", "neckline", "length",   "shape",
      "fit",    "closure",       "detail", "occasion", "brand"};
  return kNames[static_cast<size_t>(family)];
}

bool Product::is(Family family, std::string_view value) const {
  return std::find(all(family).begin(), all(family).end(), value) != all(family).end();
}

namespace {

const std::vector<Affinity>& rules_of(Family family) {
  static const auto kByFamily = [] {
    std::array<std::vector<Affinity>, kNumFamilies> rules;
    for (const Affinity& rule : affinities())
      rules[static_cast<size_t>(rule.family)].push_back(rule);
    return rules;
  }();
  return kByFamily[static_cast<size_t>(family)];
}

// The weights of a family once the values drawn so far are known.
Weights conditional_weights(const Product& product, Family family) {
  const std::string_view category = product.get(Family::kCategory);
  const Weights* own = category.empty() ? nullptr : category_weights(category, family);
  Weights weights = own != nullptr ? *own : family_weights(family);
  for (const Affinity& rule : rules_of(family)) {
    if (product.get(rule.given) != rule.given_value) continue;
    for (auto& [value, weight] : weights) {
      if (value == rule.value) weight *= rule.factor;
    }
  }
  return weights;
}

std::string_view draw(const Weights& weights, CounterRandom& random) {
  double total = 0;
  for (const auto& [value, weight] : weights) total += weight;
  double position = random.uniform() * total;
  for (const auto& [value, weight] : weights) {
    if (weight > 0 && position < weight) return value;
    position -= weight;
  }
  return weights.front().first;
}

double probability_of_another(Family family) {
  switch (family) {
    case Family::kSeason:
      return .35;
    case Family::kMaterial:
      return .22;
    case Family::kOccasion:
      return .30;
    case Family::kDetail:
      return .15;
    default:
      return 0;
  }
}

bool is_patterned(const Product& product) {
  const std::string_view pattern = product.get(Family::kPattern);
  return pattern != "solid" && pattern != "camouflage";
}

// A second colour that can't be told from the first would make the pattern invisible.
void drop_similar_colours(std::string_view colour, Weights& weights) {
  static const std::vector<std::vector<std::string_view>> kAlike = {
      {"black", "navy", "burgundy", "brown", "purple"},
      {"white", "beige", "light blue", "mint", "yellow", "lilac"},
      {"navy", "blue", "black", "teal", "purple", "green", "burgundy", "brown"},
      {"grey", "light blue", "teal", "olive", "lilac", "blue"},
      {"red", "burgundy", "coral", "orange", "pink", "brown"},
      {"beige", "mustard", "grey", "pink", "mint", "lilac"},
      {"blue", "teal", "purple", "green"},
      {"pink", "coral", "lilac", "orange"},
      {"green", "olive", "teal"},
      {"yellow", "mustard", "orange", "beige"}};
  for (auto& [value, weight] : weights) {
    if (value == colour) weight = 0;
    for (const auto& group : kAlike) {
      const bool has_colour = std::find(group.begin(), group.end(), colour) != group.end();
      if (has_colour && value == group.front()) weight = 0;
      if (group.front() == colour && std::find(group.begin(), group.end(), value) != group.end())
        weight = 0;
    }
  }
}

}  // namespace

Product sample_product(int64_t seed, int64_t index, bool women_only) {
  Product product;
  product.index = index;
  product.id = fmt::format("{:08d}", index);
  for (int f = 0; f < kNumFamilies; ++f) {
    const Family family = static_cast<Family>(f);
    auto& values = product.values[static_cast<size_t>(f)];
    CounterRandom random(
        {static_cast<uint64_t>(seed), 0, static_cast<uint64_t>(index), family_name(family)});
    if (family == Family::kGender && women_only) {
      values.push_back("women");
      continue;
    }
    if (family == Family::kSecondColour && !is_patterned(product)) continue;
    Weights weights = conditional_weights(product, family);
    if (weights.empty()) continue;
    if (family == Family::kSecondColour)
      drop_similar_colours(product.get(Family::kColour), weights);
    values.push_back(draw(weights, random));
    if (random.bernoulli(probability_of_another(family)) && values.front() != "none") {
      const std::string_view second = draw(weights, random);
      if (second != values.front() && second != "none") values.push_back(second);
    }
    if (values.front() == "none") values.clear();
  }
  return product;
}

}  // namespace twinset::wardrobe
