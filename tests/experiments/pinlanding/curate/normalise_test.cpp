#include "experiments/pinlanding/curate/normalise.h"

#include <gtest/gtest.h>

namespace twinset::pinlanding {
namespace {

TEST(NormalisePhrase, MakesOneSpelling) {
  EXPECT_EQ(normalise_phrase("  Navy\tBLUE "), "navy blue");
  EXPECT_EQ(normalise_phrase("V\u2013Neck"), "v-neck");
  EXPECT_EQ(normalise_phrase("T\u2011Shirt"), "t-shirt");
  EXPECT_EQ(normalise_phrase("women\u2019s"), "women's");
  EXPECT_EQ(normalise_phrase("100% cotton, (organic)!"), "100% cotton organic");
  EXPECT_EQ(normalise_phrase("3/4 sleeve"), "3/4 sleeve");
  EXPECT_EQ(normalise_phrase("2.5 cm. wide"), "2.5 cm wide");
  EXPECT_EQ(normalise_phrase("\u00c9cru"), "\u00e9cru");
  EXPECT_EQ(normalise_phrase("soft\u00a0black\u200b"), "soft black");
  EXPECT_EQ(normalise_phrase("- 'quoted' -"), "quoted");
  EXPECT_EQ(normalise_phrase("\u65e5\u672c"), "\u65e5\u672c");
  EXPECT_EQ(normalise_phrase("?! -"), "");
  EXPECT_EQ(normalise_phrase("bad \xff byte"), "bad \xff byte");
}

TEST(NormalisePhrase, IsIdempotent) {
  for (const char* text : {"V\u2013Neck", "women\u2019s 100% .5", "A--B / c", "\u00c9cru\xc3"}) {
    const std::string once = normalise_phrase(text);
    EXPECT_EQ(normalise_phrase(once), once) << text;
  }
}

TEST(SpellingKey, IsTheSameForSpellingsOfAWord) {
  EXPECT_EQ(spelling_key("t-shirt"), spelling_key("t shirt"));
  EXPECT_EQ(spelling_key("women's"), spelling_key("women"));
  EXPECT_EQ(spelling_key("stripes"), spelling_key("stripe"));
  EXPECT_NE(spelling_key("navy"), spelling_key("white"));
  EXPECT_EQ(spelling_key("gas"), "gas");
}

}  // namespace
}  // namespace twinset::pinlanding
