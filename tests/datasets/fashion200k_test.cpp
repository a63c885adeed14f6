#include "datasets/fashion200k.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <set>

#include "datasets/builtin.h"
#include "framework/core/error.h"
#include "framework/data/loader.h"
#include "tests/datasets/shards_on_disk.h"

namespace twinset {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kRow =
    "women/dresses/casual_and_day_dresses/57996836/57996836_9.jpeg\t-1.00\tBlack short black "
    "dress\n";

class Fashion200k : public testing::Test {
 protected:
  Fashion200k() {
    options_.root = folder_.path().string();
    options_.train_labels = "labels/dress_train_detect_all.txt";
    options_.test_labels = "labels/dress_test_detect_all.txt";
  }
  void write_labels(const std::string& split, const std::string& text) {
    write_file(folder_ / ("labels/dress_" + split + "_detect_all.txt"), text);
  }
  std::string message_of(const std::string& labels, const std::string& split = "train") {
    try {
      write_labels("train", labels);
      make_fashion200k(options_, split);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
  std::string labels_path() const {
    return (folder_ / "labels/dress_train_detect_all.txt").string();
  }

  TemporaryFolder folder_;
  Fashion200kOptions options_;
};

std::vector<std::string> fashion200k_phrases(const ProductRecord& record) {
  std::vector<std::string> result;
  for (const Attribute& attribute : record.attributes) result.push_back(attribute.phrase());
  return result;
}

TEST_F(Fashion200k, ReadsARowAsARecord) {
  write_labels("test", kRow);
  write_file(folder_ / "women/dresses/casual_and_day_dresses/57996836/57996836_9.jpeg", "image");
  const auto dataset = make_fashion200k(options_, "test");
  ASSERT_EQ(dataset->size(), 1);
  EXPECT_EQ(dataset->record(0).id, "57996836_9");
  EXPECT_EQ(dataset->record(0).title, "Black short black dress");
  EXPECT_THAT(fashion200k_phrases(dataset->record(0)),
              ElementsAre("category: dresses", "subcategory: casual_and_day_dresses", "word: black",
                          "word: short", "word: dress"));
  EXPECT_EQ(dataset->image_bytes(0), "image");
  options_.word_attributes = false;
  EXPECT_EQ(make_fashion200k(options_, "test")->record(0).attributes.size(), 2u);
}

TEST_F(Fashion200k, RepeatedImagesAndWindowsLineEndsAreFine) {
  write_labels("train",
               std::string(kRow) + "women/tops/t-shirts/1/1_0.jpeg\t-0.5\twhite top\r\n\n" + kRow);
  const auto dataset = make_fashion200k(options_, "train");
  ASSERT_EQ(dataset->size(), 2);
  EXPECT_EQ(dataset->record(1).title, "white top");
}

TEST_F(Fashion200k, MalformedRowsNameFileAndLine) {
  EXPECT_EQ(message_of(std::string(kRow) + "women/a/b/1/1_0.jpeg\t-1.0\n"),
            labels_path() +
                ":2: 2 columns, expected image path, score and description, separated by tabs");
  EXPECT_THAT(message_of("women/a/1/1_0.jpeg\t-1\tx\n"),
              HasSubstr(":1: the image path 'women/a/1/1_0.jpeg', expected 'women/<category>"));
  EXPECT_THAT(message_of("women/../b/1/1_0.jpeg\t-1\tx\n"),
              HasSubstr(":1: the image path 'women/../b/1/1_0.jpeg'"));
  EXPECT_THAT(message_of("women/a/b/1/1_0.jpeg\thigh\tx\n"),
              HasSubstr(":1: the detection score 'high', expected a number"));
}

TEST_F(Fashion200k, EmptyAndMissingLabelFilesAreErrors) {
  EXPECT_THAT(message_of("\n"), HasSubstr("the data set is empty: no row for the split 'train'"));
  EXPECT_THAT(message_of(kRow, "test"), HasSubstr("no file matches 'dress_test_detect_all.txt'"));
  EXPECT_THAT(message_of(kRow, "val"),
              HasSubstr("dataset.val_share: is 0, so there is no val split"));
  EXPECT_THAT(message_of(kRow, "dev"),
              HasSubstr("unknown split 'dev', expected one of: train, val, test"));
}

TEST_F(Fashion200k, TheValSplitKeepsAProductsViewsTogether) {
  std::string labels;
  for (int product = 0; product < 400; ++product) {
    for (int view = 0; view < 3; ++view)
      labels += fmt::format("women/tops/shirts/{0}/{0}_{1}.jpeg\t-1\tblue shirt\n",
                            61000000 + product * 7, view);
  }
  write_labels("train", labels);
  options_.val_share = 0.25;
  const auto train = make_fashion200k(options_, "train"), val = make_fashion200k(options_, "val");
  EXPECT_EQ(train->size() + val->size(), 1200);
  EXPECT_NEAR(static_cast<double>(val->size()) / 1200, 0.25, 0.08);
  std::set<std::string> train_products;
  for (int64_t i = 0; i < train->size(); ++i)
    train_products.insert(fashion200k_product_id(train->place(i)));
  for (int64_t i = 0; i < val->size(); ++i)
    EXPECT_FALSE(train_products.contains(fashion200k_product_id(val->place(i))));
  options_.val_share = 0;
  EXPECT_EQ(make_fashion200k(options_, "train")->size(), 1200);
}

TEST_F(Fashion200k, AMissingImageIsABrokenSample) {
  write_labels("test", std::string(kRow) + "women/tops/shirts/1/1_0.jpeg\t-1\tblue shirt\n");
  write_file(folder_ / "women/tops/shirts/1/1_0.jpeg", golden_file("jpeg"));
  const auto dataset = make_fashion200k(options_, "test");
  EXPECT_THROW(dataset->image_bytes(0), DataError);
  LoaderSource source;
  source.dataset = dataset.get();
  source.is_training = false;
  LoaderOptions loader_options;
  loader_options.max_broken_share = 0.5;
  Loader loader(source, loader_options);
  EXPECT_THAT(loader.next()->samples, ElementsAre(1));
  EXPECT_EQ(loader.num_broken(), 1);
}

TEST(RealFashion200k, ReadsTheLabelFilesOwnFormat) {
  const char* shared = std::getenv("TWINSET_SHARED");
  const std::filesystem::path root =
      std::filesystem::path(shared ? shared : "") / "data/fashion200k";
  if (!shared || !std::filesystem::exists(root))
    GTEST_SKIP() << "the Fashion200K sample is not here: " << root;
  Fashion200kOptions options;
  options.root = root.string();
  options.train_labels = "sample_train_detect_all.txt";
  const auto dataset = make_fashion200k(options, "train");
  EXPECT_EQ(dataset->size(), 4267);
  std::set<std::string> categories;
  for (int64_t i = 0; i < dataset->size(); ++i)
    categories.insert(dataset->record(i).attributes.at(0).value);
  EXPECT_THAT(categories, ElementsAre("dresses", "jackets", "pants", "skirts", "tops"));
  EXPECT_EQ(dataset->record(0).title, "black short dress");
}

}  // namespace
}  // namespace twinset
