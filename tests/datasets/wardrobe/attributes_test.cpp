#include "datasets/wardrobe/attributes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace twinset::wardrobe {
namespace {

constexpr int kNumSampled = 20000;

const std::vector<Product>& catalogue() {
  static const std::vector<Product> kProducts = [] {
    std::vector<Product> products;
    for (int i = 0; i < kNumSampled; ++i) products.push_back(sample_product(7, i));
    return products;
  }();
  return kProducts;
}

double share(Family family, std::string_view value, Family given, std::string_view given_value) {
  double hits = 0, total = 0;
  for (const Product& p : catalogue()) {
    if (p.get(given) != given_value) continue;
    total += 1;
    hits += p.is(family, value) ? 1 : 0;
  }
  return hits / std::max(1.0, total);
}

std::map<std::string_view, double> shares(Family family) {
  std::map<std::string_view, double> result;
  for (const Product& p : catalogue()) {
    for (const std::string_view value : p.all(family)) result[value] += 1.0 / kNumSampled;
  }
  return result;
}

TEST(WardrobeAttributes, HasTwelveFamiliesOrMoreAndTenCategories) {
  EXPECT_GE(kNumFamilies, 12);
  EXPECT_GE(family_weights(Family::kCategory).size(), 10u);
  EXPECT_GE(family_weights(Family::kColour).size(), 12u);
  EXPECT_GE(family_weights(Family::kPattern).size(), 8u);
  EXPECT_EQ(family_weights(Family::kSleeve).size(), 4u);
}

TEST(WardrobeAttributes, EveryNameInTheTablesIsAValueOfItsFamily) {
  const auto is_value = [](Family family, std::string_view value) {
    const Weights& weights = family_weights(family);
    return std::any_of(weights.begin(), weights.end(),
                       [&](const auto& entry) { return entry.first == value; });
  };
  for (const Affinity& rule : affinities()) {
    EXPECT_TRUE(is_value(rule.given, rule.given_value)) << rule.given_value;
    EXPECT_TRUE(is_value(rule.family, rule.value)) << rule.value;
    EXPECT_LT(static_cast<int>(rule.given), static_cast<int>(rule.family))
        << rule.given_value << " -> " << rule.value;
  }
  for (const auto& [category, weight] : family_weights(Family::kCategory)) {
    for (int f = 0; f < kNumFamilies; ++f) {
      const Weights* own = category_weights(category, static_cast<Family>(f));
      if (own == nullptr) continue;
      for (const auto& [value, w] : *own)
        EXPECT_TRUE(is_value(static_cast<Family>(f), value)) << category << ": " << value;
    }
  }
}

TEST(WardrobeAttributes, FrequenciesHaveALongTail) {
  for (const Family family :
       {Family::kCategory, Family::kColour, Family::kPattern, Family::kBrand, Family::kStyle}) {
    const auto found = shares(family);
    EXPECT_EQ(found.size(), family_weights(family).size())
        << family_name(family) << ": every value occurs";
    double smallest = 1, largest = 0;
    for (const auto& [value, fraction] : found) {
      smallest = std::min(smallest, fraction);
      largest = std::max(largest, fraction);
    }
    EXPECT_LT(smallest, .007) << family_name(family);
    EXPECT_GT(smallest, .0002) << family_name(family);
    EXPECT_GT(largest, 10 * smallest) << family_name(family);
  }
  EXPECT_NEAR(shares(Family::kColour).at("coral"), .003, .002);
  EXPECT_GT(shares(Family::kColour).at("black"), .12);
}

TEST(WardrobeAttributes, FamiliesDependOnEachOther) {
  EXPECT_GT(share(Family::kSleeve, "long", Family::kSeason, "winter"),
            1.4 * share(Family::kSleeve, "long", Family::kSeason, "summer"));
  EXPECT_GT(share(Family::kMaterial, "wool", Family::kSeason, "winter"),
            5 * share(Family::kMaterial, "wool", Family::kSeason, "summer"));
  EXPECT_GT(share(Family::kPattern, "floral", Family::kStyle, "romantic"),
            2 * share(Family::kPattern, "floral", Family::kStyle, "classic"));
  EXPECT_EQ(share(Family::kCategory, "dress", Family::kGender, "men"), 0);
  EXPECT_EQ(share(Family::kSeason, "winter", Family::kCategory, "tank top") > .1, false);
  EXPECT_GT(share(Family::kColour, "olive", Family::kPattern, "camouflage"), .5);
}

TEST(WardrobeAttributes, OnlyApplicableFamiliesHaveValues) {
  const std::set<std::string_view> legwear = {"jeans", "trousers", "shorts", "leggings", "skirt"};
  for (const Product& p : catalogue()) {
    const bool is_legwear = legwear.contains(p.get(Family::kCategory));
    EXPECT_EQ(p.all(Family::kSleeve).empty(), is_legwear);
    EXPECT_EQ(p.all(Family::kNeckline).empty(), is_legwear);
    EXPECT_EQ(p.get(Family::kCategory) == "tank top" && p.get(Family::kSleeve) != "sleeveless",
              false);
    EXPECT_EQ(p.get(Family::kNeckline) == "halter" && p.get(Family::kSleeve) != "sleeveless",
              false);
    EXPECT_EQ(p.get(Family::kPattern) == "solid",
              p.get(Family::kPattern) != "camouflage" && p.all(Family::kSecondColour).empty());
    EXPECT_NE(p.get(Family::kColour), p.get(Family::kSecondColour));
    EXPECT_FALSE(p.is(Family::kDetail, "none"));
  }
}

TEST(WardrobeAttributes, DependOnSeedAndIndexAlone) {
  const Product a = sample_product(7, 123), b = sample_product(7, 123), c = sample_product(8, 123);
  EXPECT_EQ(a.values, b.values);
  EXPECT_NE(a.values, c.values);
  EXPECT_EQ(a.id, "00000123");
  EXPECT_EQ(sample_product(7, 5, true).get(Family::kGender), "women");
}

}  // namespace
}  // namespace twinset::wardrobe
