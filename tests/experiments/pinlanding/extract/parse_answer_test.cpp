#include "experiments/pinlanding/extract/parse_answer.h"

#include <gtest/gtest.h>

namespace twinset::pinlanding {
namespace {

std::string phrases(const ExtractAnswer& answer) {
  std::string text = answer.failure;
  for (const Attribute& attribute : answer.attributes) text += attribute.phrase() + "; ";
  return text;
}

std::string parsed(const std::string& text, const std::vector<std::string>& families = {}) {
  return phrases(parse_answer(text, families));
}

TEST(ParseAnswer, ReadsTextsAndLists) {
  EXPECT_EQ(parsed(R"({"colour": "navy", "season": ["summer", "spring"]})"),
            "colour: navy; season: summer; season: spring; ");
  EXPECT_EQ(parsed(R"({"colour": " navy ", "fit": "", "size": null, "year": 2011})"),
            "colour: navy; year: 2011; ");
  EXPECT_EQ(parsed(R"({"colour": ["navy", "navy"]})"), "colour: navy; ");
}

TEST(ParseAnswer, FindsTheObjectInFencesAndWords) {
  EXPECT_EQ(parsed("```json\n{\"colour\": \"navy\"}\n```"), "colour: navy; ");
  EXPECT_EQ(parsed("Here it is: {\"colour\": \"a } in a text \\\" too\"} Enjoy!"),
            "colour: a } in a text \" too; ");
  EXPECT_EQ(parsed(R"({"attributes": {"colour": "navy"}})"), "colour: navy; ");
}

TEST(ParseAnswer, SaysWhyAnAnswerCannotBeUsed) {
  EXPECT_EQ(parsed(""), "the answer is empty");
  EXPECT_EQ(parsed("a navy dress"), "the answer has no JSON object");
  EXPECT_EQ(parsed(R"({"colour": "navy", "sea)"), "the answer's JSON is cut off");
  EXPECT_EQ(parsed("{colour: navy}"), "the answer is no JSON");
  EXPECT_EQ(parsed("{}"), "the answer has no attribute");
  EXPECT_EQ(parsed(R"({"colour": {"base": "navy"}})"), "the value of 'colour' is a map");
  EXPECT_EQ(parsed(R"({"colour": [["navy"]]})"), "the value of 'colour' is a list in a list");
  EXPECT_EQ(parsed(R"({"hue": "navy"})", {"colour", "fit"}),
            "unknown family 'hue', expected one of: colour, fit");
  EXPECT_EQ(parse_answer("a navy dress", {}).answer, "a navy dress");
}

}  // namespace
}  // namespace twinset::pinlanding
