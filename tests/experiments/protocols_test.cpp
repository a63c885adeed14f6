// Every protocol of configs/protocol through the program, on a run that saw images and titles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "framework/config/compose.h"
#include "tests/experiments/tiny_fashion200k.h"
#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using Printed = std::map<std::string, double>;

Printed eval(const std::vector<std::string>& overrides) {
  CommandLine line;
  line.command = "eval";
  line.config_dir = "configs";
  line.overrides = overrides;
  ::testing::internal::CaptureStdout();
  const int status = eval_command(line, builtin_plugins());
  std::istringstream text(::testing::internal::GetCapturedStdout());
  EXPECT_EQ(status, 0);
  Printed metrics;
  std::string name;
  for (double value = 0; text >> name >> value;) metrics[name] = value;
  return metrics;
}

const std::map<std::string, std::vector<std::string>> kHeadlines = {
    {"attributes",
     {"product_to_attribute.hit@10", "product_to_attribute.recall@6",
      "attribute_to_product.precision@10", "tuple_to_product.sum.precision@10"}},
    {"caption_image",
     {"caption_to_image.hit@10", "caption_to_image.recall@10", "image_to_caption.hit@10",
      "image_to_caption.recall@10"}},
    {"category_to_product", {"text_to_product.category.precision@10"}},
    {"composed_retrieval", {"composed_retrieval.exchange.hit@10"}},
    {"knn", {"knn.category.accuracy@5"}},
    {"linear_probe", {"linear_probe.category.accuracy@1"}},
    {"title_to_product", {"text_to_product.title.recall@10"}},
    {"zero_shot", {"zero_shot.category.accuracy@1"}}};

class Protocols : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new testing::TemporaryFolder;
    const std::vector<std::string> data = {
        "dataset=fashion200k", "dataset.reader.root=" + testing::tiny_fashion200k().string(),
        "dataset.reader.val_share=0.2", "dataset.vocabulary.min_count=3",
        "dataset.tuple_keys=[category,word]"};
    CommandLine line = testing::tiny_line({"title_encoder=token_mean", "hydra.run.dir=" + run()});
    std::erase_if(line.overrides,
                  [](const std::string& text) { return text.starts_with("dataset."); });
    line.overrides.insert(line.overrides.end(), data.begin(), data.end());
    ASSERT_EQ(train_command(line, builtin_plugins()), 0);
  }
  static void TearDownTestSuite() { delete folder_; }
  static std::string run() { return (folder_->path() / "run").string(); }

  static testing::TemporaryFolder* folder_;
};
testing::TemporaryFolder* Protocols::folder_ = nullptr;

TEST_F(Protocols, EachRunsFromACheckpointAndReportsItsHeadlines) {
  for (const std::string& protocol : list_options("configs", "protocol")) {
    ASSERT_TRUE(kHeadlines.contains(protocol)) << protocol << " has no row in this test";
    std::vector<std::string> overrides = {"run=" + run(), "protocol=" + protocol};
    if (protocol == "linear_probe")
      overrides.emplace_back("protocol.family=category");  // the words' many classes take long
    const Printed metrics = eval(overrides);
    for (const std::string& name : kHeadlines.at(protocol)) {
      ASSERT_TRUE(metrics.contains(name)) << protocol << " lacks " << name;
      EXPECT_TRUE(metrics.at(name) >= 0 && metrics.at(name) <= 1)
          << name << " " << metrics.at(name);
    }
  }
}

TEST_F(Protocols, InputsAreTakenAwayForLeakageControl) {
  const std::string name = "product_to_attribute.map";
  const auto map_of = [&](const std::string& inputs) {
    return eval({"run=" + run(), "evaluation.inputs=" + inputs}).at(name);
  };
  const double both = map_of("both"), image = map_of("image"), title = map_of("title");
  EXPECT_NE(both, image);
  EXPECT_NE(both, title);
}

TEST_F(Protocols, TheAttributesProtocolIsWhatARunIsJudgedByAtItsEnd) {
  EXPECT_EQ(eval({"run=" + run(), "protocol=attributes"}), eval({"run=" + run()}));
}

TEST_F(Protocols, TowersOfOneSpaceComposeNoQueries) {
  EXPECT_THAT(testing::message_of([] {
                eval({"run=" + run(), "protocol=composed_retrieval", "protocol.composition=tower"});
              }),
              HasSubstr("nothing here composes an image and a text"));
  ::testing::internal::GetCapturedStdout();
}

}  // namespace
}  // namespace twinset
