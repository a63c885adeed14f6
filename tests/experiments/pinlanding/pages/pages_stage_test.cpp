#include "experiments/pinlanding/pages/pages_stage.h"

#include "datasets/wardrobe/wardrobe.h"
#include "tests/experiments/pinlanding/small_pipeline.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;

class PagesStage : public testing::SmallPipeline {
 protected:
  void SetUp() override {
    wardrobe::WardrobeOptions options;
    options.folder = (folder() / "data").string();
    options.num_products = 60;
    options.num_queries = 0;
    wardrobe::write_wardrobe(options);
    write(
        "feeds/collections.jsonl",
        R"({"title": "black dress", "attributes": {"colour": ["black"], "category": ["dress"]}, "products": ["00000001", "00000002"], "scores": [2, 1]}
{"title": "red dress", "attributes": {"colour": ["red"], "category": ["dress"]}, "products": ["00000003"], "scores": [2]}
)");
    std::string assigned;
    for (int i = 1; i <= 3; ++i)
      assigned +=
          fmt::format(
              R"({{"id": "{:08}", "split": "train", "title": "Dress no. {}", "attributes": {{"brand": ["Acme"]}}, "confidence": {{"brand": [1]}}}})",
              i, i) +
          "\n";
    write("assign/products-00000.jsonl", assigned);
  }
  std::string config(const std::string& pages = "{}") const {
    return "dataset: {reader: {name: product_shards, root: " + (folder() / "data").string() +
           ", train: 'wardrobe-train-*.tar', val: 'wardrobe-val-*.tar', test: "
           "'wardrobe-test-*.tar'}}\npages: " +
           pages;
  }
};

TEST_F(PagesStage, WritesASite) {
  write("pages/old.html", "of an earlier run");
  EXPECT_THAT(run(pages_stage(), config()), HasSubstr("3 pages and 3 pictures"));
  EXPECT_THAT(read("pages/index.html"), HasSubstr("collections/black-dress.html"));
  const std::string page = read("pages/collections/black-dress.html");
  EXPECT_THAT(page, HasSubstr("Dress no. 2"));
  EXPECT_THAT(page, HasSubstr(R"("brand":{"@type":"Brand","name":"Acme"})"));
  EXPECT_THAT(
      page,
      HasSubstr(
          R"(<link rel="canonical" href="https://shop.example/collections/black-dress.html">)"));
  EXPECT_THAT(page, HasSubstr("red-dress.html"));
  EXPECT_TRUE(has("pages/images/00000002.jpg"));
  EXPECT_TRUE(has("pages/sitemap.xml"));
  EXPECT_FALSE(has("pages/old.html"));
  EXPECT_FALSE(has("pages.unfinished"));
  EXPECT_FALSE(has("pages.old"));
}

TEST_F(PagesStage, RefusesBadInputAndKeepsTheOldSite) {
  write("pages/old.html", "of an earlier run");
  EXPECT_THAT(run(pages_stage(), config("{base_url: shop.example}")),
              HasSubstr("error: pages.base_url: is 'shop.example', expected an address"));
  EXPECT_THAT(run(pages_stage(), "pages: {}"), HasSubstr("dataset.reader: is missing"));
  write(
      "feeds/collections.jsonl",
      R"({"title": "red dress", "attributes": {"colour": ["red"]}, "products": ["00000099"], "scores": [2]})");
  EXPECT_THAT(run(pages_stage(), config()),
              HasSubstr("shows the product '00000099', which was not assigned"));
  write(
      "assign/products-00000.jsonl",
      R"({"id": "00000099", "split": "train", "title": "t", "attributes": {}, "confidence": {}})");
  EXPECT_THAT(run(pages_stage(), config()), HasSubstr("holds no product '00000099'"));
  EXPECT_TRUE(has("pages/old.html"));
  EXPECT_FALSE(has("pages.unfinished"));
}

}  // namespace
}  // namespace twinset::pinlanding
