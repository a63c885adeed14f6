#include "experiments/pinlanding/topics/topic_title.h"

#include <gmock/gmock.h>

#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TitleOptions shop() {
  TitleOptions options;
  options.order = {"season", "colour", "occasion", "category", "gender"};
  options.forms = Node(Node::Map{{"gender", Node("for {}")}, {"sleeve", Node("{} sleeve")}});
  options.words = Node(Node::Map{{"sleeve: sleeveless", Node("sleeveless")}});
  return options;
}

TEST(TitleTemplate, WritesAsShoppersDo) {
  const TitleTemplate titles(shop());
  EXPECT_EQ(titles.title({{"category", "dress"},
                          {"colour", "yellow"},
                          {"occasion", "party"},
                          {"season", "summer"}}),
            "summer yellow party dress");
  EXPECT_EQ(titles.title({{"category", "dress"}, {"gender", "women"}}), "dress for women");
  EXPECT_EQ(titles.title({{"category", "shirt"}, {"sleeve", "long"}}), "long sleeve shirt");
  EXPECT_EQ(titles.title({{"category", "shirt"}, {"sleeve", "sleeveless"}}), "sleeveless shirt");
  EXPECT_EQ(titles.title({{"category", "shirt"}, {"season", "spring"}, {"season", "summer"}}),
            "spring and summer shirt");
}

TEST(TitleTemplate, RefusesWhatItCannotUse) {
  TitleOptions options = shop();
  options.forms = Node(Node::Map{{"gender", Node("for all")}});
  EXPECT_THAT([&] { TitleTemplate{options}; },
              ThrowsMessage<ConfigError>(
                  HasSubstr("topics.title.forms.gender: is 'for all', expected a text with {}")));
  options.forms = Node(3);
  EXPECT_THAT([&] { TitleTemplate{options}; },
              ThrowsMessage<ConfigError>(HasSubstr("expected a map of texts")));
  options = shop();
  options.order.emplace_back("colour");
  EXPECT_THAT([&] { TitleTemplate{options}; },
              ThrowsMessage<ConfigError>(HasSubstr("names 'colour' twice")));
}

}  // namespace
}  // namespace twinset::pinlanding
