#include "datasets/wardrobe/attributes.h"

#include <fmt/format.h>

#include <algorithm>

namespace twinset::wardrobe {

std::string_view family_name(Family family) {
  static constexpr std::array<std::string_view, kNumFamilies> kNames = {
      "gender",   "category", "style", "season", "material", "pattern", "colour",   "second_colour", "sleeve",
      "neckline", "length",   "shape", "fit",    "closure",  "detail",  "occasion", "brand"};
  return kNames[static_cast<size_t>(family)];
}

const Weights& family_weights(Family family) {
  static const std::array<Weights, kNumFamilies> kTable = {{
      {{"women", 65}, {"men", 28}, {"unisex", 7}},
      {{"t-shirt", 16}, {"dress", 15.5}, {"shirt", 11}, {"jeans", 8.5}, {"sweater", 8}, {"trousers", 7},
       {"jacket", 6.5}, {"tank top", 5.5}, {"skirt", 5.4}, {"blouse", 4.8}, {"hoodie", 4}, {"coat", 3.2},
       {"shorts", 2.8}, {"cardigan", 2}, {"polo shirt", 1.5}, {"blazer", 1.1}, {"leggings", .7}, {"jumpsuit", .5}},
      {{"casual", 38}, {"classic", 19}, {"sporty", 10}, {"elegant", 9}, {"streetwear", 6.5}, {"minimalist", 5},
       {"boho", 4}, {"romantic", 3}, {"vintage", 2.2}, {"preppy", 1.5}, {"punk", .6}, {"western", .3}},
      {{"summer", 36}, {"autumn", 24}, {"spring", 22}, {"winter", 18}},
      {{"cotton", 36}, {"polyester", 16}, {"denim", 10}, {"wool", 8}, {"viscose", 8}, {"linen", 6}, {"jersey", 4},
       {"nylon", 3}, {"satin", 3}, {"leather", 2}, {"silk", 2}, {"chiffon", 2}, {"fleece", 2}, {"corduroy", 1},
       {"velvet", .8}, {"cashmere", .8}, {"lace", .6}},
      {{"solid", 58}, {"striped", 12}, {"floral", 8}, {"checked", 6}, {"polka dot", 4.5}, {"graphic print", 3.5},
       {"tartan", 2.2}, {"leopard", 1.7}, {"geometric", 1.4}, {"colour block", 1.2}, {"camouflage", .6},
       {"houndstooth", .5}, {"tie-dye", .35}},
      {{"black", 17}, {"white", 12}, {"navy", 10}, {"blue", 9}, {"grey", 8.5}, {"beige", 7}, {"red", 6.5},
       {"pink", 5.5}, {"green", 4.8}, {"brown", 4}, {"light blue", 3.2}, {"burgundy", 2.5}, {"olive", 2.2},
       {"yellow", 1.9}, {"purple", 1.5}, {"orange", 1.2}, {"teal", .9}, {"mustard", .7}, {"lilac", .5},
       {"mint", .4}, {"coral", .3}},
      {{"white", 34}, {"black", 24}, {"navy", 12}, {"red", 8}, {"beige", 6}, {"grey", 5}, {"yellow", 4}, {"blue", 3},
       {"pink", 2}, {"green", 1.5}, {"orange", .8}, {"burgundy", .5}},
      {{"long", 45}, {"short", 34}, {"sleeveless", 15}, {"three-quarter", 6}},
      {{"crew neck", 40}, {"shirt collar", 15}, {"v-neck", 14}, {"scoop neck", 6}, {"lapel", 5}, {"hood", 5},
       {"turtleneck", 4}, {"stand collar", 3}, {"polo collar", 2}, {"square neck", 2}, {"boat neck", 1.5},
       {"off-shoulder", 1}, {"halter", .8}, {"bow", .7}, {"sweetheart", .6}},
      {{"regular", 50}, {"full length", 12}, {"knee length", 10}, {"midi", 7}, {"mini", 6}, {"cropped", 5},
       {"maxi", 4}, {"longline", 3}, {"ankle", 3}, {"bermuda", .8}},
      {{"straight", 45}, {"a-line", 14}, {"skinny", 8}, {"boxy", 8}, {"slim-leg", 7}, {"fit and flare", 4},
       {"wide-leg", 4}, {"pleated", 3}, {"bodycon", 3}, {"pencil", 2}, {"wrap", 2}, {"bootcut", 1},
       {"flared", 1}, {"peplum", .5}, {"tiered", .4}},
      {{"regular", 52}, {"slim", 22}, {"relaxed", 17}, {"oversized", 9}},
      {{"pullover", 45}, {"buttons", 25}, {"zip", 18}, {"elastic waist", 6}, {"open front", 2}, {"toggle", .5}},
      {{"none", 52}, {"pockets", 20}, {"belt", 7}, {"ruffles", 6}, {"distressed", 4}, {"embroidery", 3}, {"lace trim", 3},
       {"contrast piping", 2.5}, {"elbow patches", 1}, {"fringe", .5}},
      {{"everyday", 46}, {"work", 16}, {"weekend", 11}, {"party", 8}, {"holiday", 6}, {"sport", 5}, {"date night", 3},
       {"wedding", 2}, {"lounge", 2}, {"festival", .6}, {"gala", .3}},
      {{"Norvik", 11}, {"Alder & Finch", 9}, {"Cortessa", 7.5}, {"Basalt", 6.5}, {"Maison Lirelle", 5.5}, {"Tavi", 5},
       {"Rookwood", 4.5}, {"Ondine", 4}, {"Halden", 3.7}, {"Piper Lane", 3.4}, {"Kestrel Co", 3.1}, {"Sable", 2.9},
       {"Verano", 2.7}, {"Umbra", 2.5}, {"Loom & Thread", 2.3}, {"Juno", 2.1}, {"Fjell", 2}, {"Carmine", 1.8},
       {"Driftwood", 1.7}, {"Oakmere", 1.6}, {"Zephyr", 1.5}, {"Mirabel", 1.4}, {"Tern", 1.3}, {"Northgate", 1.2},
       {"Calico", 1.1}, {"Belvoir", 1}, {"Saffra", .95}, {"Quill", .9}, {"Hollis", .8}, {"Indra", .75}, {"Marlowe", .7},
       {"Petal", .6}, {"Ravello", .55}, {"Stitch 9", .5}, {"Wren", .45}, {"Yarrow", .4}, {"Azur", .35}, {"Ember", .3},
       {"Gale", .3}, {"Isola", .3}},
  }};
  return kTable[static_cast<size_t>(family)];
}

bool Product::is(Family family, std::string_view value) const {
  return std::find(all(family).begin(), all(family).end(), value) != all(family).end();
}

namespace {

const std::vector<Affinity>& rules_of(Family family) {
  static const auto kByFamily = [] {
    std::array<std::vector<Affinity>, kNumFamilies> rules;
    for (const Affinity& rule : affinities()) rules[static_cast<size_t>(rule.family)].push_back(rule);
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
    case Family::kSeason: return .35;
    case Family::kMaterial: return .22;
    case Family::kOccasion: return .30;
    case Family::kDetail: return .15;
    default: return 0;
  }
}

bool is_patterned(const Product& product) {
  const std::string_view pattern = product.get(Family::kPattern);
  return pattern != "solid" && pattern != "camouflage";
}

// A second colour that can't be told from the first would make the pattern invisible.
void drop_similar_colours(std::string_view colour, Weights& weights) {
  static const std::vector<std::vector<std::string_view>> kAlike = {
      {"black", "navy", "burgundy", "brown", "purple"}, {"white", "beige", "light blue", "mint", "yellow", "lilac"},
      {"navy", "blue", "black", "teal", "purple", "green", "burgundy", "brown"}, {"grey", "light blue", "teal", "olive", "lilac", "blue"},
      {"red", "burgundy", "coral", "orange", "pink", "brown"}, {"beige", "mustard", "grey", "pink", "mint", "lilac"},
      {"blue", "teal", "purple", "green"}, {"pink", "coral", "lilac", "orange"},
      {"green", "olive", "teal"}, {"yellow", "mustard", "orange", "beige"}};
  for (auto& [value, weight] : weights) {
    if (value == colour) weight = 0;
    for (const auto& group : kAlike) {
      const bool has_colour = std::find(group.begin(), group.end(), colour) != group.end();
      if (has_colour && value == group.front()) weight = 0;
      if (group.front() == colour && std::find(group.begin(), group.end(), value) != group.end()) weight = 0;
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
    CounterRandom random({static_cast<uint64_t>(seed), 0, static_cast<uint64_t>(index), family_name(family)});
    if (family == Family::kGender && women_only) {
      values.push_back("women");
      continue;
    }
    if (family == Family::kSecondColour && !is_patterned(product)) continue;
    Weights weights = conditional_weights(product, family);
    if (weights.empty()) continue;
    if (family == Family::kSecondColour) drop_similar_colours(product.get(Family::kColour), weights);
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
