#include "experiments/pinlanding/demand/normalise_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/pinlanding/demand/phrase_matcher.h"
#include "tests/experiments/tiny_run.h"

namespace twinset::pinlanding {
namespace {

std::string normal(const std::string& text, const NormaliseOptions& options = {}) {
  return normalise_query(text, options, "log:1");
}

TEST(NormaliseQuery, CaseWhitespaceAndPunctuation) {
  EXPECT_EQ(normal("  Black\t MIDI  Dress! "), "black midi dress");
  EXPECT_EQ(normal("dress,black;midi"), "dress black midi");
  EXPECT_EQ(normal("women\u2019s t-shirt 3/4 sleeve 100% cotton -"),
            "women's t-shirt 3/4 sleeve 100% cotton");
  EXPECT_EQ(normal("robe\u00a0d'\u00c9T\u00c9\u3000\u2003l\u00e9g\u00e8re"),
            "robe d'\u00e9t\u00e9 l\u00e9g\u00e8re");
  EXPECT_EQ(normal("?!"), "");
}

TEST(NormaliseQuery, UnicodeFormsAreOne) {
  EXPECT_EQ(normal("cafe\u0301"), normal("caf\u00e9"));
  EXPECT_EQ(normal("\uff24\uff52\uff45\uff53\uff53"), "dress");
  EXPECT_EQ(normal("GROSSE STRASSE"), normal("gro\u00dfe stra\u00dfe"));
  EXPECT_EQ(normal("\u30c9\u30ec\u30b9 \u9ed2"), "\u30c9\u30ec\u30b9 \u9ed2");
  NormaliseOptions options;
  options.strip_accents = true;
  EXPECT_EQ(normal("caf\u00e9", options), "cafe");
  EXPECT_EQ(twinset::testing::message_of([] { normal("caf\xe9"); }),
            "log:1: the query is no UTF-8");
}

TEST(NormaliseQuery, IsIdempotent) {
  for (const char* text :
       {"  Black\t MIDI", "women\u2019s", "\uff24ress", "a-'b'", "\u0130stanbul"})
    EXPECT_EQ(normal(normal(text)), normal(text)) << text;
}

TEST(IntentKey, PluralSpellingAndOrder) {
  const NormaliseOptions options;
  EXPECT_EQ(intent_key("black dresses", options), intent_key("black dress", options));
  EXPECT_EQ(intent_key("grey women's jeans", options), intent_key("gray women jean", options));
  EXPECT_NE(intent_key("dress black", options), intent_key("black dress", options));
  NormaliseOptions other;
  other.plural = "none";
  other.ignore_word_order = true;
  EXPECT_NE(intent_key("dresses", other), intent_key("dress", other));
  EXPECT_EQ(intent_key("dress black", other), intent_key("black dress", other));
}

TEST(IntentKey, EnglishSingular) {
  for (const auto& [word, singular] :
       {std::pair("dresses", "dress"), std::pair("dress", "dress"), std::pair("skirts", "skirt"),
        std::pair("watches", "watch"), std::pair("boxes", "box"), std::pair("berries", "berry"),
        std::pair("ties", "tie"), std::pair("plus", "plus"), std::pair("bus", "bus"),
        std::pair("tennis", "tennis"), std::pair("men's", "men"), std::pair("s", "s")}) {
    EXPECT_EQ(english_singular(word), singular);
  }
}

TEST(PhraseMatcher, TakesTheLongestPhraseFromLeftToRight) {
  PhraseMatcher matcher{NormaliseOptions{}};
  matcher.add("blue", {"colour", "blue"}, "");
  matcher.add("light blue", {"colour", "light blue"}, "");
  matcher.add("gown", {"category", "dress"}, "");
  matcher.add("gown", {"style", "elegant"}, "");
  const auto phrases = [&](const std::string& query) {
    std::string text;
    for (const Attribute& a : matcher.match(query)) text += a.phrase() + "; ";
    return text;
  };
  EXPECT_EQ(phrases("light blue gowns"), "colour: light blue; category: dress; ");
  EXPECT_EQ(phrases("blue light blue"), "colour: blue; colour: light blue; ");
  EXPECT_EQ(phrases("blue blue shoe"), "colour: blue; ");
  EXPECT_EQ(phrases(""), "");
}

}  // namespace
}  // namespace twinset::pinlanding
