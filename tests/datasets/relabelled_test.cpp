#include "datasets/relabelled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/builtin.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

struct InnerOptions {
  int64_t size = 3;
  template <class V>
  void visit(V&& v) {
    v("size", size, Field{.help = "products"});
  }
};

class Inner : public Dataset {
 public:
  explicit Inner(int64_t size) {
    for (int64_t i = 0; i < size; ++i)
      records_.push_back(
          {"p" + std::to_string(i), "title " + std::to_string(i), {{"colour", "noir"}}});
  }
  int64_t size() const override { return static_cast<int64_t>(records_.size()); }
  const ProductRecord& record(int64_t index) const override {
    return records_[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t index) const override { return "image " + std::to_string(index); }
  std::string place(int64_t index) const override { return "place " + std::to_string(index); }

 private:
  std::vector<ProductRecord> records_;
};

class RelabelledTest : public ::testing::Test {
 protected:
  RelabelledTest() {
    registry_.add<InnerOptions>("inner", "a test",
                                [](const InnerOptions& options, const std::string&) {
                                  return std::make_unique<Inner>(options.size);
                                });
    registry_.add<RelabelledOptions>("relabelled", "the thing", make_relabelled);
  }
  Node config(const std::string& text) {
    write_file(file_, text);
    Node node = Node::map();
    node.set("name", "relabelled");
    node.set("file", file_.string());
    node.set_path("inner.name", "inner");
    return node;
  }
  std::string message(const Node& node) {
    try {
      registry_.create(node, "train");
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "products.jsonl";
  DatasetRegistry registry_{"dataset.reader"};
};

TEST_F(RelabelledTest, ReplacesAttributesAndKeepsTheRest) {
  const auto dataset =
      registry_.create(config("{\"id\": \"p2\", \"attributes\": {\"season\": [\"spring\", "
                              "\"autumn\"], \"colour\": \"black\"}}\n"
                              "{\"id\": \"p0\", \"attributes\": {}}\n\n"
                              "{\"id\": \"other split\", \"attributes\": {}}\n"
                              "{\"id\": \"p1\", \"attributes\": {\"colour\": [\"red\"]}}\n"),
                       "train");
  ASSERT_EQ(dataset->size(), 3);
  EXPECT_TRUE(dataset->record(0).attributes.empty());
  EXPECT_EQ(dataset->record(1).attributes.at(0).phrase(), "colour: red");
  ASSERT_EQ(dataset->record(2).attributes.size(), 3u);
  EXPECT_EQ(dataset->record(2).attributes[1].phrase(), "season: autumn");
  EXPECT_EQ(dataset->record(2).title, "title 2");
  EXPECT_EQ(dataset->image_bytes(2), "image 2");
  EXPECT_EQ(dataset->place(2), "place 2");
}

TEST_F(RelabelledTest, SaysWhatIsWrong) {
  EXPECT_THAT(message(config("{\"id\": \"p0\", \"attributes\": {}}\n")),
              HasSubstr("has no line for 2 of 3 products, 'p1' among them"));
  EXPECT_THAT(message(config(
                  "{\"id\": \"p0\", \"attributes\": {}}\n{\"id\": \"p0\", \"attributes\": {}}\n")),
              HasSubstr("products.jsonl:2: product 'p0' has a second line"));
  EXPECT_THAT(message(config("{\"id\": 5}\n")), HasSubstr("products.jsonl:1"));
  EXPECT_THAT(message(config("nonsense\n")), HasSubstr("expected a line such as"));
  Node no_file = config("");
  no_file.set("file", "");
  EXPECT_THAT(message(no_file), HasSubstr("dataset.reader.file: is not set"));
  Node bad_inner = config("");
  bad_inner.set_path("inner.name", "iner");
  EXPECT_THAT(message(bad_inner), HasSubstr("did you mean 'inner'"));
  Node missing = config("");
  missing.set("file", (folder_.path() / "none.jsonl").string());
  EXPECT_THAT(message(missing), HasSubstr("can't be read"));
}

TEST_F(RelabelledTest, LeavesOutProductsWithoutALineIfAsked) {
  Node node = config("{\"id\": \"p2\", \"attributes\": {\"colour\": \"red\"}}\n");
  node.set("missing", "drop");
  const auto dataset = registry_.create(node, "train");
  ASSERT_EQ(dataset->size(), 1);
  EXPECT_EQ(dataset->record(0).id, "p2");
  EXPECT_EQ(dataset->image_bytes(0), "image 2");
  write_file(file_, "{\"id\": \"other\", \"attributes\": {}}\n");
  EXPECT_THAT(message(node), HasSubstr("has no line for 3 of 3 products"));
}

}  // namespace
}  // namespace twinset
