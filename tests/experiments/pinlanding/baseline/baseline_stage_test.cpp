#include "experiments/pinlanding/baseline/baseline_stage.h"

#include "eval/judged/collection.h"
#include "tests/experiments/pinlanding/small_pipeline.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kProducts =
    R"({"id": "a", "split": "train", "title": "Black dresses", "attributes": {}}
{"id": "b", "split": "train", "title": "LBD", "attributes": {}}
{"id": "c", "split": "test", "title": "Red dress", "attributes": {}}
)";
constexpr const char* kLog =
    R"({"query": "black dress", "searches": 30, "share": 0.5, "band": "head", "attributes": {"colour": ["black"], "category": ["dress"]}, "clicks": {"b": 400, "a": 9, "gone": 1}, "covered": false}
{"query": "something nice", "searches": 5, "share": 0.3, "band": "head", "attributes": {}, "clicks": {}, "covered": false}
{"query": "red dress", "searches": 1, "share": 0.1, "band": "tail", "attributes": {"colour": ["red"], "category": ["dress"]}, "clicks": {"c": 1}, "covered": false}
)";

class BaselineStage : public testing::SmallPipeline {
 protected:
  void SetUp() override {
    write("extract/products.jsonl", kProducts);
    write("demand/intents.jsonl", kLog);
  }
};

TEST_F(BaselineStage, AnswersFrequentQueriesByTextAndClicks) {
  EXPECT_THAT(run(baseline_stage(), "baseline: {k: 2}"), HasSubstr("1 collections; "));
  const auto collections = read_collections(folder() / "baseline/collections.jsonl");
  ASSERT_EQ(collections.size(), 1U);
  EXPECT_EQ(collections[0].title, "black dress");
  EXPECT_EQ(collections[0].attributes.size(), 2U);
  // Clicks say that b is the best, text knows a and c alone: tuned on held-out clicks, clicks win.
  EXPECT_THAT(collections[0].products, ElementsAre("b", "a"));
  EXPECT_THAT(read("baseline/tuning.json"), HasSubstr("held_out_share"));
}

TEST_F(BaselineStage, TakesMoreQueriesIfAsked) {
  EXPECT_THAT(run(baseline_stage(), "baseline: {min_searches: 1}"), HasSubstr("2 collections; "));
}

TEST_F(BaselineStage, RefusesBadInput) {
  EXPECT_THAT(run(baseline_stage(), "baseline: {tuning: {mix: []}}"),
              HasSubstr("error: baseline.tuning: has an empty list"));
  EXPECT_THAT(run(baseline_stage(), "baseline: {min_searches: 99}"),
              HasSubstr("no query was searched for 99 times"));
  write("extract/products.jsonl", std::string(kProducts) + R"({"id": "a", "title": "again"})");
  EXPECT_THAT(run(baseline_stage(), "baseline: {}"),
              HasSubstr("products.jsonl:4: the product 'a' occurs twice"));
  write("extract/products.jsonl", "");
  EXPECT_THAT(run(baseline_stage(), "baseline: {}"), HasSubstr("products.jsonl: holds no product"));
  write("extract/products.jsonl", kProducts);
  write(
      "demand/intents.jsonl",
      R"({"query": "black dress", "searches": 9, "band": "head", "attributes": {"colour": ["black"]}, "clicks": {}})");
  EXPECT_THAT(run(baseline_stage(), "baseline: {}"),
              HasSubstr("no frequent query has clicks that could be held out"));
  EXPECT_FALSE(has("baseline/collections.jsonl"));
}

}  // namespace
}  // namespace twinset::pinlanding
