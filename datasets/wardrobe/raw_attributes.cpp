#include "datasets/wardrobe/raw_attributes.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "datasets/wardrobe/synonyms.h"

namespace twinset::wardrobe {

namespace {

// How readily a model sees a family at all.
double visibility(Family family) {
  switch (family) {
    case Family::kBrand:
      return .15;
    case Family::kSeason:
    case Family::kOccasion:
    case Family::kStyle:
      return .6;
    case Family::kGender:
    case Family::kClosure:
      return .5;
    default:
      return 1;
  }
}

std::string_view noun(Family family) {
  switch (family) {
    case Family::kColour:
      return "color";
    case Family::kPattern:
      return "pattern";
    case Family::kSleeve:
      return "sleeves";
    case Family::kNeckline:
      return "neckline";
    case Family::kLength:
      return "length";
    case Family::kShape:
      return "silhouette";
    case Family::kFit:
      return "fit";
    case Family::kMaterial:
      return "fabric";
    case Family::kStyle:
      return "style";
    case Family::kSeason:
      return "season";
    case Family::kOccasion:
      return "wear";
    default:
      return "";
  }
}

std::string_view other_value(Family family, std::string_view truth, CounterRandom& random) {
  const Weights& weights = family_weights(family);
  for (int attempt = 0; attempt < 20; ++attempt) {
    // Frequent values are guessed more often.
    const auto index = static_cast<size_t>(random.uniform() * random.uniform() *
                                           static_cast<double>(weights.size()));
    if (weights[index].first != truth && weights[index].first != "none")
      return weights[index].first;
  }
  return truth;
}

std::string over_specific(const std::string& phrase, const Product& product,
                          CounterRandom& random) {
  static constexpr std::array<std::string_view, 8> kBefore = {
      "soft", "slightly faded", "rich", "subtle", "delicate", "timeless", "lightweight", "modern"};
  static constexpr std::array<std::string_view, 5> kAfter = {
      "with a refined finish", "for a polished look", "perfect for layering",
      "with visible stitching", "in a flattering cut"};
  switch (random.below(3)) {
    case 0:
      return fmt::format("{} {}", kBefore[random.below(kBefore.size())], phrase);
    case 1:
      return fmt::format("{} {}", phrase, kAfter[random.below(kAfter.size())]);
    default:
      return fmt::format("{} {} {}", kBefore[random.below(kBefore.size())], phrase,
                         product.get(Family::kCategory));
  }
}

}  // namespace

std::vector<RawAttribute> raw_attributes(int64_t seed, const Product& product) {
  CounterRandom random(
      {static_cast<uint64_t>(seed), 0, static_cast<uint64_t>(product.index), "raw_attributes"});
  std::vector<RawAttribute> answers;
  for (int f = 0; f < kNumFamilies; ++f) {
    const Family family = static_cast<Family>(f);
    for (const std::string_view truth : product.all(family)) {
      if (random.bernoulli(kMissedAttribute) || !random.bernoulli(visibility(family))) continue;
      const std::string_view value =
          random.bernoulli(kWrongAttribute) ? other_value(family, truth, random) : truth;
      const auto& words = synonyms(family, value);
      const bool is_synonym = words.size() > 1 && random.bernoulli(kSynonymAttribute);
      std::string phrase(is_synonym ? words[1 + random.below(words.size() - 1)] : words.front());
      if (!noun(family).empty() && family != Family::kSleeve && random.bernoulli(.2) &&
          !phrase.ends_with(noun(family)))
        phrase += fmt::format(" {}", noun(family));
      if (random.bernoulli(kOverSpecificAttribute)) phrase = over_specific(phrase, product, random);
      answers.push_back({family, std::move(phrase), value});
    }
  }
  return answers;
}

}  // namespace twinset::wardrobe
