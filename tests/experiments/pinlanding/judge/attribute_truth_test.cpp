#include "experiments/pinlanding/judge/attribute_truth.h"

#include "tests/experiments/pinlanding/small_pipeline.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

CollectionSystem one(const std::vector<Attribute>& attributes) {
  return {"feeds", {{"t", attributes, {"1"}}}};
}

double verdict(const AttributeTruth& truth, const std::vector<Attribute>& attributes) {
  return *truth.judge(one(attributes), "truth").verdict("t", "1");
}

TEST(AttributeTruth, WantsAllAttributesWhateverTheCase) {
  AttributeTruth truth(read_synonyms("none"));
  truth.add(
      "1",
      {{"colour", "Navy Blue"}, {"category", "dress"}, {"season", "spring"}, {"season", "summer"}},
      "x");
  EXPECT_EQ(verdict(truth, {{"colour", "navy blue"}, {"season", "summer"}}), 1);
  EXPECT_EQ(verdict(truth, {{"colour", "navy blue"}, {"season", "winter"}}), 0);
  EXPECT_EQ(verdict(truth, {{"second_colour", "navy blue"}}), 0);
  EXPECT_EQ(verdict(truth, {{"category", "Dresses"}}), 1);
  EXPECT_EQ(verdict(truth, {{"colour", "navy"}}), 0);
}

TEST(AttributeTruth, KnowsTheWordsOfShoppers) {
  AttributeTruth truth(read_synonyms("wardrobe"));
  truth.add("1", {{"neckline", "crew neck"}, {"length", "mini"}}, "x");
  EXPECT_EQ(verdict(truth, {{"neckline", "crewneck"}}), 1);
  EXPECT_EQ(verdict(truth, {{"length", "short"}}), 1);
  EXPECT_EQ(verdict(truth, {{"neckline", "v-neck"}}), 0);
}

class SynonymFile : public testing::SmallPipeline {};

TEST_F(SynonymFile, IsRead) {
  write("synonyms.jsonl", R"({"family": "colour", "value": "Navy", "synonyms": ["Navy Blue"]})");
  AttributeTruth truth(read_synonyms((folder() / "synonyms.jsonl").string()));
  truth.add("1", {{"colour", "navy"}}, "x");
  EXPECT_EQ(verdict(truth, {{"colour", "navy blue"}}), 1);
  write("synonyms.jsonl", R"({"family": "colour"})");
  EXPECT_THAT([&] { read_synonyms((folder() / "synonyms.jsonl").string()); },
              ThrowsMessage<DataError>(HasSubstr("synonyms.jsonl:1: ")));
}

TEST(AttributeTruth, RefusesWhatItCannotJudge) {
  AttributeTruth truth(read_synonyms("none"));
  truth.add("2", {}, "x");
  EXPECT_THAT([&] { truth.add("2", {}, "file:2"); },
              ThrowsMessage<DataError>(HasSubstr("file:2: the product '2' occurs twice")));
  EXPECT_THAT(
      [&] {
        truth.judge(one({{"colour", "red"}}), "truth.jsonl");
      },
      ThrowsMessage<DataError>(
          HasSubstr("truth.jsonl: has no product '1', which feeds shows under 't'")));
  EXPECT_THAT([&] { truth.judge(one({}), "truth.jsonl"); },
              ThrowsMessage<DataError>(HasSubstr("'t' asks for no attribute")));
}

}  // namespace
}  // namespace twinset::pinlanding
