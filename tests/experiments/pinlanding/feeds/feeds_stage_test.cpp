#include "experiments/pinlanding/feeds/feeds_stage.h"

#include "eval/judged/collection.h"
#include "eval/npy.h"
#include "tests/experiments/pinlanding/small_pipeline.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTopics =
    R"({"title": "black dress", "attributes": {"category": ["dress"], "colour": ["black"]}, "support": 3, "score": 1, "coherence": 1, "plausibility": 1, "phrasing": 1}
{"title": "Acme dress", "attributes": {"brand": ["Acme"], "category": ["dress"]}, "support": 1, "score": 1, "coherence": 1, "plausibility": 1, "phrasing": 1}
)";
constexpr const char* kFirst =
    R"({"id": "3", "split": "train", "title": "c", "attributes": {"category": ["dress"], "colour": ["black"], "brand": ["Acme"]}, "confidence": {"category": [1], "colour": [0.5], "brand": [1]}}
{"id": "1", "split": "train", "title": "a", "attributes": {"category": ["dress"], "colour": ["black"], "brand": ["Zeta"]}, "confidence": {"category": [0.5], "colour": [1], "brand": [1]}}
)";
constexpr const char* kSecond =
    R"({"id": "2", "split": "test", "title": "b", "attributes": {"category": ["dress"], "colour": ["black", "red"], "brand": ["Zeta"]}, "confidence": {"category": [1], "colour": [1, 0.2], "brand": [1]}}
{"id": "4", "split": "test", "title": "d", "attributes": {"category": ["skirt"], "colour": ["black"]}, "confidence": {"category": [1], "colour": [1]}}
)";

class FeedsStage : public testing::SmallPipeline {
 protected:
  void SetUp() override {
    write("topics/topics.jsonl", kTopics);
    write("assign/products-00000.jsonl", kFirst);
    write("assign/products-00001.jsonl", kSecond);
  }
  std::vector<std::string> products(size_t i) {
    return read_collections(folder() / "feeds/collections.jsonl").at(i).products;
  }
};

TEST_F(FeedsStage, RanksProductsThatHaveAllAttributes) {
  EXPECT_THAT(run(feeds_stage(), "feeds: {}"), HasSubstr("2 collections of 2 topics"));
  EXPECT_THAT(products(0), ElementsAre("2", "1", "3"));
  EXPECT_THAT(products(1), ElementsAre("3"));
  EXPECT_THAT(read("feeds/collections.jsonl"), HasSubstr(R"("scores":[2.0,1.5,1.5])"));
}

TEST_F(FeedsStage, SoftMatchingTakesWhatSharesEnough) {
  run(feeds_stage(), "feeds: {match: soft, min_overlap: 1}");
  EXPECT_THAT(products(0), ElementsAre("2", "1", "3", "4"));
}

TEST_F(FeedsStage, KeepsBrandsApart) {
  run(feeds_stage(), "feeds: {k: 2, diversity: {family: brand, at_most: 1}}");
  EXPECT_THAT(products(0), ElementsAre("2", "3"));
}

TEST_F(FeedsStage, LeavesOutShortCollections) {
  run(feeds_stage(), "feeds: {min_products: 2}");
  EXPECT_EQ(read_collections(folder() / "feeds/collections.jsonl").size(), 1U);
  EXPECT_THAT(run(feeds_stage(), "feeds: {min_products: 9}"),
              HasSubstr("error: feeds.min_products: no topic has 9 products"));
}

// The feeds' products of confidences: 1, .5 and .5; and 1.
TEST_F(FeedsStage, LeavesOutCollectionsThatConfidencesDoNotTrust) {
  run(feeds_stage(), "feeds: {rule: product, min_mean_score: 0.7}");
  const auto collections = read_collections(folder() / "feeds/collections.jsonl");
  ASSERT_EQ(collections.size(), 1U);
  EXPECT_EQ(collections[0].title, "Acme dress");
  EXPECT_THAT(run(feeds_stage(), "feeds: {rule: product, min_mean_score: 1.5}"),
              HasSubstr("no topic has 1 products with a mean score of 1.5"));
}

TEST_F(FeedsStage, FindsProductsByEmbeddings) {
  const float attributes[] = {1, 0, 0, 1, 1, 1}, products_of_train[] = {1, 1, 0, 3},
              products_of_test[] = {5, 1};
  write("assign/embeddings/vocab.txt", "category: dress\ncolour: black\nbrand: Acme\n");
  write_npy(folder() / "assign/embeddings/attr.npy", attributes, 3, 2);
  write("assign/embeddings/train.ids.txt", "1\n2\n");
  write_npy(folder() / "assign/embeddings/train.npy", products_of_train, 2, 2);
  write("assign/embeddings/test.ids.txt", "0\n");
  write_npy(folder() / "assign/embeddings/test.npy", products_of_test, 1, 2);
  EXPECT_THAT(run(feeds_stage(), "feeds: {method: embeddings, k: 2}"), HasSubstr("2 collections"));
  EXPECT_THAT(products(0), ElementsAre("1", "0"));
}

TEST_F(FeedsStage, RefusesBadInput) {
  EXPECT_THAT(run(feeds_stage(), "feeds: {rule: product, match: soft}"),
              HasSubstr("error: feeds.rule: is 'product' with match=soft, expected sum"));
  EXPECT_THAT(run(feeds_stage(), "feeds: {rule: min, weight: idf}"),
              HasSubstr("error: feeds.weight: is 'idf' with rule=min"));
  EXPECT_THAT(run(feeds_stage(), "feeds: {kk: 2}"), HasSubstr("unknown key 'kk'"));
  EXPECT_THAT(run(feeds_stage(), "feeds: {method: embeddings}"),
              HasSubstr("vocab.txt: can't be read"));
  write(
      "topics/topics.jsonl",
      R"({"title": "blak dress", "attributes": {"colour": ["blak"]}, "support": 3, "score": 1, "coherence": 1, "plausibility": 1, "phrasing": 1})");
  EXPECT_THAT(run(feeds_stage(), "feeds: {}"),
              HasSubstr("asks for 'colour: blak', which no product has"));
  write("topics/topics.jsonl", "");
  EXPECT_THAT(run(feeds_stage(), "feeds: {}"), HasSubstr("topics.jsonl: holds no topic"));
  write("topics/topics.jsonl", kTopics);
  write(
      "assign/products-00001.jsonl",
      R"({"id": "9", "split": "test", "title": "", "attributes": {"colour": ["red"]}, "confidence": {"colour": []}})");
  EXPECT_THAT(run(feeds_stage(), "feeds: {}"),
              HasSubstr("products-00001.jsonl:1: 'colour' has 0 confidences of 1 values"));
  write(
      "assign/products-00001.jsonl",
      R"({"id": "9", "split": "test", "title": "", "attributes": {"colour": ["red"]}, "confidence": {"colour": [2]}})");
  EXPECT_THAT(run(feeds_stage(), "feeds: {}"), HasSubstr("a confidence of 'colour' is 2"));
  std::filesystem::remove_all(folder() / "assign");
  EXPECT_THAT(run(feeds_stage(), "feeds: {}"), HasSubstr("run the stage assign first"));
  EXPECT_FALSE(has("feeds/collections.jsonl"));
}

}  // namespace
}  // namespace twinset::pinlanding
