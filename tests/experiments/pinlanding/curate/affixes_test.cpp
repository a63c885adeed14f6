#include "experiments/pinlanding/curate/affixes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinset::pinlanding {
namespace {

using ::testing::Contains;
using ::testing::Not;

// Each phrase on `count` products of its own.
void add(ExtractedAttributesBuilder& builder, const std::string& family, const std::string& phrase,
         int count) {
  for (int i = 0; i < count; ++i) builder.add("", {{family, phrase}});
}

ExtractedAttributes example() {
  ExtractedAttributesBuilder builder;
  for (const auto& [family, value] :
       std::vector<std::pair<std::string, std::string>>{{"colour", "black"},
                                                        {"colour", "blue"},
                                                        {"material", "wool"},
                                                        {"material", "denim"},
                                                        {"season", "winter"},
                                                        {"season", "summer"},
                                                        {"season", "spring"},
                                                        {"category", "jeans"},
                                                        {"category", "dress"}}) {
    add(builder, family, value, 9);
    add(builder, family, "soft " + value, 2);
    add(builder, family, value + " with visible stitching", 2);
    if (family == "season") add(builder, family, value + " season", 1);
    if (family == "colour") add(builder, family, "light " + value, 3);
  }
  add(builder, "colour", "black dress", 1);
  add(builder, "colour", "soft black color dress", 1);
  add(builder, "colour", "dress", 1);
  return builder.build();
}

std::string stripped(const ExtractedAttributes& extracted, const std::vector<int64_t>& bases,
                     const std::string& family, const std::string& phrase) {
  return extracted
      .forms[static_cast<size_t>(bases[static_cast<size_t>(extracted.find(family, phrase))])]
      .phrase;
}

TEST(Affixes, AreWordsThatGoWithTheValuesOfManyFamilies) {
  const Affixes affixes = find_affixes(example(), {});
  EXPECT_THAT(affixes.prefixes, Contains("soft"));
  EXPECT_THAT(affixes.prefixes, Not(Contains("light")));
  EXPECT_THAT(affixes.suffixes, Contains("with visible stitching"));
  EXPECT_THAT(affixes.family_suffixes,
              Contains(std::pair<std::string, std::string>("season", "season")));
}

TEST(Affixes, AreTakenOffDownToAPhraseThatStandsAlone) {
  const ExtractedAttributes extracted = example();
  const auto bases = strip_affixes(extracted, find_affixes(extracted, {}), {}, {});
  EXPECT_EQ(stripped(extracted, bases, "category", "jeans with visible stitching"), "jeans");
  EXPECT_EQ(stripped(extracted, bases, "season", "winter season"), "winter");
  EXPECT_EQ(stripped(extracted, bases, "colour", "light blue"), "light blue");
  EXPECT_EQ(stripped(extracted, bases, "colour", "black dress"), "black");
  EXPECT_EQ(stripped(extracted, bases, "colour", "soft black color dress"),
            "soft black color dress")
      << "color is no known noun here";
  EXPECT_EQ(stripped(extracted, bases, "category", "dress"), "dress");
  for (const int64_t base : bases)
    EXPECT_EQ(bases[static_cast<size_t>(base)], base) << "a base is its own";
}

}  // namespace
}  // namespace twinset::pinlanding
