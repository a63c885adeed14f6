// What a product of the wardrobe can be: families of attributes, their long-tailed frequencies, and
// how one product is drawn from them. Families are drawn in the order of `Family`; later ones
// depend on earlier ones.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/random.h"

namespace twinset::wardrobe {

enum class Family {
  kGender,
  kCategory,
  kStyle,
  kSeason,
  kMaterial,
  kPattern,
  kColour,
  kSecondColour,
  kSleeve,
  kNeckline,
  kLength,
  kShape,
  kFit,
  kClosure,
  kDetail,
  kOccasion,
  kBrand
};
inline constexpr int kNumFamilies = 17;

/// The name of a family in truth files and shards, such as "second_colour".
std::string_view family_name(Family family);

/// Values with weights; the weights need not sum to 1.
using Weights = std::vector<std::pair<std::string_view, double>>;

/// Every value of a family, the frequent ones first, with its weight before anything is known of
/// the product.
const Weights& family_weights(Family family);

/// A value makes another one more (factor > 1), less, or not at all (0) likely.
struct Affinity {
  Family given;
  std::string_view given_value;
  Family family;
  std::string_view value;
  double factor;
};
const std::vector<Affinity>& affinities();

/// What a category allows in a family and how often; null if the family's own weights hold. An
/// empty list: the family does not apply to the category (a skirt has no sleeve).
const Weights* category_weights(std::string_view category, Family family);

/// One product: its attributes, all of which the picture is drawn from. The views point into static
/// tables.
struct Product {
  int64_t index = 0;
  std::string id;  ///< 8 digits, from the index
  std::array<std::vector<std::string_view>, kNumFamilies> values;

  /// All values of a family; empty if it does not apply. Season, material, detail and occasion can
  /// have several.
  const std::vector<std::string_view>& all(Family family) const {
    return values[static_cast<size_t>(family)];
  }
  /// The first value, or "".
  std::string_view get(Family family) const {
    return all(family).empty() ? std::string_view() : all(family).front();
  }
  bool is(Family family, std::string_view value) const;
};

/// The product of an index: a function of (seed, index) alone.
///
/// @param women_only  draw from women's products alone, as the Fashion200K layout has no others
Product sample_product(int64_t seed, int64_t index, bool women_only = false);

}  // namespace twinset::wardrobe
