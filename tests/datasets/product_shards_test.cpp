#include "datasets/product_shards.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "datasets/builtin.h"
#include "datasets/product_json.h"
#include "framework/core/error.h"
#include "framework/data/loader.h"
#include "framework/data/vocabulary.h"
#include "tests/datasets/shards_on_disk.h"

namespace twinset {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ProductShards : public testing::Test {
 protected:
  std::unique_ptr<Dataset> open(const std::string& patterns) {
    ProductShardsOptions options;
    options.root = folder_.path().string();
    options.train = patterns;
    return make_product_shards(options, "train");
  }
  std::string message_of(const std::string& patterns) {
    try {
      open(patterns);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
  void write(const std::string& name, const std::string& content) {
    write_file(folder_ / name, content);
  }

  TemporaryFolder folder_;
};

std::vector<std::string> shard_phrases(const ProductRecord& record) {
  std::vector<std::string> result;
  for (const Attribute& attribute : record.attributes) result.push_back(attribute.phrase());
  return result;
}

TEST_F(ProductShards, ReadsRecordsAndImagesOfAllShardsInOrder) {
  write(
      "p-0.tar",
      TarWriter().add("001.jpg", "image 1").add("001.json", product_json("A1", "Red dress")).str());
  write("p-1.tar", TarWriter()
                       .add("x/002.json", R"({"title": "Top"})")
                       .add("x/002.PNG", "image 2")
                       .add("x/002.txt", "passed over")
                       .str());
  const auto dataset = open("p-{0..1}.tar");
  ASSERT_EQ(dataset->size(), 2);
  EXPECT_EQ(dataset->record(0).id, "A1");
  EXPECT_EQ(dataset->record(0).title, "Red dress");
  EXPECT_THAT(shard_phrases(dataset->record(0)),
              ElementsAre("colour: Red", "sizes: 36", "sizes: 38", "weight: 0.5", "new: true"));
  EXPECT_EQ(dataset->record(1).id, "002");
  EXPECT_EQ(dataset->image_bytes(0), "image 1");
  EXPECT_EQ(dataset->image_bytes(1), "image 2");
  EXPECT_EQ(dataset->place(1), (folder_ / "p-1.tar").string() + ":x/002.PNG");
  EXPECT_TRUE(dataset->skipped().empty());
}

TEST_F(ProductShards, BrokenSamplesAreLeftOutAndNamed) {
  write("p.tar", TarWriter()
                     .add("1.jpg", "lonely image")
                     .add("2.json", product_json("2", "lonely text"))
                     .add("3.jpg", "i")
                     .add("3.json", "{\"id\": ")
                     .add("4.jpg", "i")
                     .add("4.json", "[1, 2]")
                     .add("5.jpg", "i")
                     .add("5.json", R"({"maker": {"name": "x"}})")
                     .add("6.jpg", "first")
                     .add("6.json", product_json("6", "whole"))
                     .add("6.png", "second")
                     .str());
  testing::internal::CaptureStderr();
  const auto dataset = open("p.tar");
  const std::string log = testing::internal::GetCapturedStderr();
  ASSERT_EQ(dataset->size(), 1);
  EXPECT_EQ(dataset->image_bytes(0), "first");
  std::vector<std::string> skipped = dataset->skipped();
  std::sort(skipped.begin(), skipped.end());
  EXPECT_THAT(
      skipped,
      ElementsAre(
          HasSubstr("p.tar:1.jpg\tno JSON beside it"),
          HasSubstr("p.tar:2.json\tno image beside it"),
          HasSubstr("p.tar:3.json\t3.json: can't be read as JSON"),
          HasSubstr("4.json: holds a array"),
          HasSubstr("5.json: 'maker' holds a map, expected a text, a number or a list of them"),
          HasSubstr("p.tar:6.png\tthe key has a second image")));
  EXPECT_THAT(log, AllOf(HasSubstr("p.tar:6.png: broken sample: the key has a second image"),
                         HasSubstr("6 broken samples in all")));
}

TEST_F(ProductShards, AnEmptyDataSetIsAnErrorThatSaysWhatThereIs) {
  write("p.tar", TarWriter().add("1.cls", "3").add("1.txt", "x").str());
  EXPECT_EQ(message_of("p.tar"),
            "p.tar: the data set is empty: no sample in 1 shard (other members end in: cls, txt), "
            "expected members 'key.jpg' (or .jpeg, .png, .webp) with 'key.json' beside them");
  write("e.tar", TarWriter().str());
  EXPECT_THAT(message_of("e.tar"),
              HasSubstr("the data set is empty: no sample in 1 shard, expected"));
}

TEST_F(ProductShards, CorruptTarsNameFileAndByte) {
  std::string content = TarWriter().add("1.jpg", "i").add("1.json", product_json("1", "t")).str();
  write("cut.tar", content.substr(0, 1600));
  EXPECT_THAT(message_of("cut.tar"), HasSubstr("cut.tar: byte 1024: '1.json' is"));
  content[1030] = 'x';
  write("sum.tar", content);
  EXPECT_THAT(message_of("sum.tar"),
              HasSubstr("sum.tar: byte 1024: the tar header's checksum is wrong"));
}

TEST_F(ProductShards, AShardThatShrinksLaterIsADataError) {
  write(
      "p.tar",
      TarWriter().add("1.json", product_json("1", "t")).add("1.jpg", std::string(5000, 'i')).str());
  const auto dataset = open("p.tar");
  std::filesystem::resize_file(folder_ / "p.tar", 3000);
  EXPECT_THROW(dataset->image_bytes(0), DataError);
}

TEST_F(ProductShards, MissingFoldersShardsAndSplitsAreErrors) {
  write("products-000.tar", TarWriter().str());
  EXPECT_THAT(message_of("product-000.tar"), AllOf(HasSubstr("no file matches 'product-000.tar'"),
                                                   HasSubstr("products-000.tar'?")));
  EXPECT_THAT(message_of("nowhere/p.tar"), HasSubstr("nowhere: the folder does not exist"));
  EXPECT_EQ(message_of(""),
            "dataset.train: no shards are named, expected a pattern such as "
            "'products-train-{000000..000006}.tar'");
  EXPECT_THROW(make_product_shards({}, "tset"), ConfigError);
}

TEST(ParseProductJson, JoinsTitlesAndTakesTheStemAsId) {
  const ProductRecord record = parse_product_json(
      R"({"name": "Dress", "line": ["Summer", "24"], "sku": 17, "z": "1", "a": ["x", "", null]})",
      "p", "stem", "id", {"line", "name"});
  EXPECT_EQ(record.id, "stem");
  EXPECT_EQ(record.title, "Summer 24 Dress");
  EXPECT_THAT(shard_phrases(record), ElementsAre("sku: 17", "z: 1", "a: x"));
  EXPECT_EQ(parse_product_json(R"({"sku": 17})", "p", "stem", "sku", {}).id, "17");
}

TEST_F(ProductShards, IsRegistered) {
  write("p.tar", TarWriter().add("1.jpg", "i").add("1.json", product_json("1", "t")).str());
  DatasetRegistry registry("dataset");
  register_builtin_datasets(registry);
  Node node = Node::map();
  node.set("name", "product_shards");
  node.set("root", folder_.path().string());
  node.set("test", "p.tar");
  EXPECT_EQ(registry.create(node, "test")->size(), 1);
  node.set("tset", "p.tar");
  EXPECT_THROW(registry.create(node, "test"), ConfigError);
}

// Sums of what build_vocab and label_matrix of a Python program gave on the same shards: FNV-1a
// over the phrases, a newline behind each, and over the row and column numbers of the true labels.
class Fnv {
 public:
  void add(const std::string& bytes) {
    for (char c : bytes) value_ = (value_ ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 14695981039346656037ull;
};

TEST(RealShards, VocabularyAndLabelsEqualThePythonProgram) {
  const char* shared = std::getenv("TWINSET_SHARED");
  const std::filesystem::path root = std::filesystem::path(shared ? shared : "") / "data/myntra";
  if (!shared || !std::filesystem::exists(root))
    GTEST_SKIP() << "the Myntra shards are not here: " << root;
  ProductShardsOptions options;
  options.root = root.string();
  options.train = "myntra-train-{000000..000006}.tar";
  options.val = "myntra-val-*.tar";
  options.test = "myntra-test-000000.tar";
  const auto train = make_product_shards(options, "train");
  EXPECT_EQ(train->size(), 6504);
  const auto vocabulary = AttributeVocabulary::build(
      *train, {.keys = {"gender", "articleType", "baseColour", "season", "usage", "subCategory"},
               .min_count = 10});
  EXPECT_EQ(vocabulary.size(), 106);
  Fnv phrases_sum;
  for (const std::string& phrase : vocabulary.phrases()) phrases_sum.add(phrase + "\n");
  EXPECT_EQ(phrases_sum.value(), 1415848241294427350ull);
  const std::map<std::string, std::pair<int64_t, uint64_t>> expected = {
      {"train", {38820, 18349146275004062918ull}},
      {"val", {4815, 3835361754719653868ull}},
      {"test", {4614, 6249656139709352941ull}}};
  for (const auto& [split, sums] : expected) {
    const auto dataset = make_product_shards(options, split);
    const SparsePairs table = label_table(*dataset, vocabulary);
    Fnv sum;
    for (int64_t i = 0; i < table.num_rows(); ++i) {
      for (int64_t column : table.row(i))
        sum.add(std::to_string(i) + "," + std::to_string(column) + "\n");
    }
    EXPECT_EQ(table.num_pairs(), sums.first) << split;
    EXPECT_EQ(sum.value(), sums.second) << split;
  }
  const auto test = make_product_shards(options, "test");
  EXPECT_EQ(test->size(), 772);
  LoaderSource source;
  source.dataset = test.get();
  source.is_training = false;
  Loader loader(source, {});
  int64_t num_loaded = 0;
  while (auto batch = loader.next()) num_loaded += batch->size();
  EXPECT_EQ(num_loaded, 772);
  EXPECT_EQ(loader.num_broken(), 0);
}

}  // namespace
}  // namespace twinset
