#include "datasets/wardrobe/titles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "datasets/wardrobe/product_record.h"
#include "datasets/wardrobe/raw_attributes.h"
#include "datasets/wardrobe/synonyms.h"

namespace twinset::wardrobe {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool says(const std::string& text, Family family, std::string_view value) {
  const auto& words = synonyms(family, value);
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(lower(std::string(word))) != std::string::npos ||
           text.find(lower(std::string(abbreviation(word)))) != std::string::npos;
  });
}

TEST(WardrobeTitles, SaySomeAttributesAndNeverAll) {
  constexpr int kNumTitles = 2000;
  std::set<std::string> titles;
  int with_category = 0, with_colour = 0, with_sleeve = 0, with_sleeve_family = 0;
  double words = 0;
  for (int64_t index = 0; index < kNumTitles; ++index) {
    const Product product = sample_product(2, index);
    const std::string title = make_title(2, product);
    ASSERT_FALSE(title.empty());
    EXPECT_NE(title.front(), ' ');
    EXPECT_NE(title.back(), ' ');
    EXPECT_EQ(title.find("  "), std::string::npos) << title;
    EXPECT_EQ(title.find_first_not_of(
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -,/|&%()'"),
              std::string::npos)
        << title;
    titles.insert(title);
    words += static_cast<double>(std::count(title.begin(), title.end(), ' ') + 1);
    with_category += says(lower(title), Family::kCategory, product.get(Family::kCategory)) ? 1 : 0;
    with_colour += says(lower(title), Family::kColour, product.get(Family::kColour)) ? 1 : 0;
    if (!product.all(Family::kSleeve).empty()) {
      ++with_sleeve_family;
      with_sleeve += says(lower(title), Family::kSleeve, product.get(Family::kSleeve)) ? 1 : 0;
    }
  }
  EXPECT_GT(titles.size(), 1500u);
  EXPECT_GT(with_category, kNumTitles * 95 / 100);
  EXPECT_GT(with_colour, kNumTitles / 2);
  EXPECT_LT(with_colour, kNumTitles * 9 / 10);
  EXPECT_LT(with_sleeve, with_sleeve_family / 2);
  EXPECT_GT(words / kNumTitles, 2.5);
  EXPECT_LT(words / kNumTitles, 8);
}

TEST(WardrobeTitles, Fashion200kTitlesBeginWithTheColour) {
  int begin_with_colour = 0;
  for (int64_t index = 0; index < 500; ++index) {
    const Product product = sample_product(2, index, true);
    const std::string title = make_fashion200k_title(2, product);
    EXPECT_EQ(title, lower(title));
    const auto& words = synonyms(Family::kColour, product.get(Family::kColour));
    begin_with_colour += std::any_of(words.begin(), words.end(),
                                     [&](std::string_view word) { return title.starts_with(word); })
                             ? 1
                             : 0;
  }
  EXPECT_GT(begin_with_colour, 470);
}

TEST(WardrobeRawAttributes, AreMostlyTrueSometimesWrongAndIncomplete) {
  double truths = 0, said = 0, phrases = 0;
  for (int64_t index = 0; index < 1000; ++index) {
    const Product product = sample_product(2, index);
    const std::vector<RawAttribute> raw = raw_attributes(2, product);
    phrases += static_cast<double>(raw.size());
    for (const Family family : {Family::kCategory, Family::kColour, Family::kPattern}) {
      truths += 1;
      said += std::any_of(raw.begin(), raw.end(),
                          [&](const RawAttribute& answer) {
                            return answer.family == family &&
                                   says(lower(answer.phrase), family, product.get(family));
                          })
                  ? 1
                  : 0;
    }
  }
  EXPECT_GT(said / truths, .70);
  EXPECT_LT(said / truths, .92);
  EXPECT_GT(phrases / 1000, 6);
}

TEST(WardrobeRawAttributes, APhraseMeansOneValueOfItsFamilyButForTheKneeLengthOfShorts) {
  std::map<std::pair<Family, std::string>, std::string_view> meanings;
  int answers = 0, wrong = 0;
  for (int64_t index = 0; index < 5000; ++index) {
    const Product product = sample_product(2, index);
    for (const RawAttribute& answer : raw_attributes(2, product)) {
      const auto [entry, is_new] =
          meanings.try_emplace({answer.family, answer.phrase}, answer.value);
      const bool is_knee = answer.phrase.find("knee length") != std::string::npos;
      ASSERT_TRUE(is_knee || entry->second == answer.value) << answer.phrase;
      EXPECT_TRUE(says(lower(answer.phrase), answer.family, answer.value)) << answer.phrase;
      ++answers;
      wrong += product.is(answer.family, answer.value) ? 0 : 1;
    }
  }
  EXPECT_NEAR(static_cast<double>(wrong) / answers, kWrongAttribute, .01);
}

TEST(WardrobeRawAttributes, StandInTheTruthAsKeysAndValues) {
  const Product product = sample_product(2, 3);
  const auto truth = nlohmann::json::parse(truth_line(2, product, "train", "a title", {}));
  size_t count = 0;
  std::map<std::string, size_t> place;
  for (const RawAttribute& answer : raw_attributes(2, product)) {
    const std::string family(family_name(answer.family));
    const size_t i = place[family]++;
    EXPECT_EQ(truth.at("raw_attributes").at(family).at(i), answer.phrase);
    EXPECT_EQ(truth.at("raw_values").at(family).at(i), answer.value);
    ++count;
  }
  EXPECT_GT(count, 3u);
  for (const auto& [family, phrases] : truth.at("raw_attributes").items())
    EXPECT_EQ(phrases.size(), place[family]);
}

}  // namespace
}  // namespace twinset::wardrobe
