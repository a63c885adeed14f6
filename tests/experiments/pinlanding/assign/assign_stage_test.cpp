// From extracted attributes to assigned ones on a tiny wardrobe, by the stages themselves.
#include "experiments/pinlanding/assign/assign_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "experiments/pinlanding/assign/assignment_model.h"
#include "experiments/pinlanding/curate/curate_stage.h"
#include "experiments/pinlanding/records/assigned_products.h"
#include "experiments/pinlanding/train/train_stage.h"
#include "framework/config/compose.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "tests/experiments/tiny_run.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;

// The wardrobe's own attributes as if they had been extracted; two products have none.
class AssignStageTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new testing::TemporaryFolder;
    config_ = new Node(
        compose({.config_dir = "configs",
                 .config_name = "pinlanding",
                 .overrides =
                     testing::tiny_line({"evaluation.batch_size=32", "assign.partition_products=64",
                                         "curate.min_count=5", "trainer.checkpoint_every=2"})
                         .overrides})
            .config);
    const Plugins plugins = builtin_plugins();
    std::string lines;
    int skipped = 2;
    for (const char* split : {"train", "val", "test"}) {
      const auto dataset = plugins.datasets.create(config_->at("dataset").at("reader"), split);
      for (int64_t i = 0; i < dataset->size(); ++i) {
        if (skipped-- > 0) continue;
        nlohmann::ordered_json attributes = nlohmann::ordered_json::object();
        for (const Attribute& attribute : dataset->record(i).attributes)
          attributes[attribute.key].push_back(attribute.value);
        lines += nlohmann::ordered_json{{"id", dataset->record(i).id},
                                        {"split", split},
                                        {"title", dataset->record(i).title},
                                        {"attributes", attributes}}
                     .dump() +
                 "\n";
      }
    }
    write_file(folder_->path() / "extract/products.jsonl", lines);
    run(curate_stage());
    run(train_stage());
    run(assign_stage());
  }
  static void TearDownTestSuite() {
    delete config_;
    delete folder_;
  }

  static std::string run(const Stage& stage, const Node& config = *config_) {
    const Plugins plugins = builtin_plugins();
    const StageContext context{folder_->path(), config, plugins, "inputs"};
    stage.check(context);
    return stage.run(context);
  }
  static std::filesystem::path file(const std::string& name) { return folder_->path() / name; }

  static testing::TemporaryFolder* folder_;
  static Node* config_;
};

testing::TemporaryFolder* AssignStageTest::folder_ = nullptr;
Node* AssignStageTest::config_ = nullptr;

TEST_F(AssignStageTest, EveryProductHasALineInTheRightPlace) {
  const auto partitions = assigned_partitions(folder_->path());
  EXPECT_EQ(partitions.size(), 5u) << "260 products, 64 a partition";
  int64_t count = 0;
  std::map<std::string, int64_t> splits;
  for (const auto& partition : partitions) {
    for_each_assigned(partition, [&](const AssignedProduct& product, const std::string&) {
      ++count;
      ++splits[product.split];
      std::map<std::string, int> values;
      for (const Attribute& attribute : product.attributes) ++values[attribute.key];
      for (const auto& [family, number] : values) {
        if (family != "season" && family != "material" && family != "detail" &&
            family != "occasion") {
          EXPECT_EQ(number, 1) << family;
        }
      }
    });
  }
  EXPECT_EQ(count, 260);
  EXPECT_EQ(splits.size(), 3u);
  EXPECT_THAT(read_file(file("assign/report.md")), HasSubstr("| assigned | 260 |"));
  EXPECT_TRUE(std::filesystem::exists(file("assign/embeddings/attr.npy")));
}

TEST_F(AssignStageTest, AfterACutOnlyThePartitionThatIsNotWholeIsDoneAgain) {
  std::map<std::string, std::string> before;
  std::map<std::string, std::filesystem::file_time_type> times;
  for (const auto& partition : assigned_partitions(folder_->path())) {
    before[partition.string()] = read_file(partition);
    times[partition.string()] = std::filesystem::last_write_time(partition);
  }
  std::filesystem::remove(file("assign/partition-00002.json"));
  write_file(file("assign/products-00002.jsonl"), "half a li");
  run(assign_stage());
  for (const auto& partition : assigned_partitions(folder_->path())) {
    EXPECT_EQ(read_file(partition), before.at(partition.string())) << partition;
    if (partition.string().ends_with("00002.jsonl")) continue;
    EXPECT_EQ(std::filesystem::last_write_time(partition), times.at(partition.string()));
  }
}

TEST_F(AssignStageTest, PartsOfTheWorkGiveTheSameFiles) {
  std::map<std::string, std::string> before;
  for (const auto& partition : assigned_partitions(folder_->path())) {
    before[partition.string()] = read_file(partition);
    std::filesystem::remove(partition);
  }
  Node part = *config_;
  part.set_path("assign.partitions", load_yaml("[3, 4]", "test"));
  EXPECT_THAT(run(assign_stage(), part), HasSubstr("partitions 3 to 4 of 5"));
  EXPECT_EQ(assigned_partitions(folder_->path()).size(), 2u);
  EXPECT_THAT(run(assign_stage()), HasSubstr("260 products in 5 partitions"));
  for (const auto& [name, text] : before) EXPECT_EQ(read_file(name), text);
  part.set_path("assign.partitions", load_yaml("[3, 5]", "test"));
  EXPECT_THAT(testing::message_of([&] { run(assign_stage(), part); }),
              HasSubstr("names partition 5, expected at most 4"));
}

TEST_F(AssignStageTest, AnotherModelsPartitionsAreDoneAgain) {
  const auto manifest = [] {
    return nlohmann::json::parse(read_file(file("assign/partition-00000.json")))
        .at("digest")
        .get<std::string>();
  };
  const std::string before = manifest();
  std::string vocabulary = read_file(file("train/vocabulary.json"));
  write_file(file("train/vocabulary.json"), vocabulary + "\n");
  run(assign_stage());
  EXPECT_NE(manifest(), before);
  write_file(file("train/vocabulary.json"), vocabulary);
  run(assign_stage());
  EXPECT_EQ(manifest(), before);
}

TEST_F(AssignStageTest, WhatTheExtractionNamedMovesTheConfidencesByBayesRule) {
  const auto confidences = [] {
    std::map<std::string, std::map<std::string, double>> result;  // by product and phrase
    for (const auto& partition : assigned_partitions(folder_->path())) {
      for_each_assigned(partition, [&](const AssignedProduct& product, const std::string&) {
        auto& own = result[product.id];
        for (size_t i = 0; i < product.attributes.size(); ++i)
          own[product.attributes[i].key + ": " + product.attributes[i].value] =
              product.confidences[i];
      });
    }
    return result;
  };
  const auto before = confidences();
  Node config = *config_;
  config.set_path("assign.extraction.counts", true);
  config.set_path("assign.extraction.recall", 0.5);
  config.set_path("assign.extraction.false_rate", 0.1);
  run(assign_stage(), config);
  const auto after = confidences();
  std::map<std::string, std::set<std::string>> named;
  std::istringstream lines(read_file(file("curate/products.jsonl")));
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    auto& own = named[json.at("id").get<std::string>()];
    for (const auto& [family, values] : json.at("attributes").items())
      for (const auto& value : values) own.insert(family + ": " + value.get<std::string>());
  }
  ASSERT_EQ(named.size(), 258u);
  const std::set<std::string> several = {"season", "material", "detail", "occasion"};
  int64_t num_named = 0, num_unnamed = 0;
  for (const auto& [id, own] : before) {
    if (!named.contains(id)) {
      EXPECT_EQ(after.at(id), own) << "no answer: no evidence";
      continue;
    }
    for (const auto& [phrase, p] : own) {
      if (!several.contains(phrase.substr(0, phrase.find(':')))) continue;
      const bool is_named = named.at(id).contains(phrase);
      // P(true and what was seen) / P(what was seen)
      const double seen_if_true = is_named ? .5 : .5, seen_if_false = is_named ? .1 : .9;
      const double expected = p * seen_if_true / (p * seen_if_true + (1 - p) * seen_if_false);
      EXPECT_NEAR(after.at(id).at(phrase), expected, 5e-4) << id << " " << phrase;
      ++(is_named ? num_named : num_unnamed);
    }
  }
  EXPECT_GT(num_named, 20);
  EXPECT_GT(num_unnamed, 20);
  for (const auto& [id, own] : named) {
    std::map<std::string, double> families;
    for (const auto& [phrase, p] : after.at(id)) families[phrase.substr(0, phrase.find(':'))] += p;
    for (const std::string& phrase : own)
      EXPECT_TRUE(families.contains(phrase.substr(0, phrase.find(':')))) << id << " " << phrase;
  }
  config.set_path("assign.extraction.false_rate", 0.5);
  EXPECT_THAT(testing::message_of([&] { run(assign_stage(), config); }),
              HasSubstr("assign.extraction.false_rate: is 0.5, expected less than "
                        "assign.extraction.recall, 0.5"));
  run(assign_stage());
}

TEST_F(AssignStageTest, SaysWhatIsWrong) {
  Node odd = *config_;
  odd.set_path("assign.partition_products", 50);
  EXPECT_THAT(testing::message_of([&] { run(assign_stage(), odd); }),
              HasSubstr("a multiple of evaluation.batch_size, 32"));
  const AttributeVocabulary vocabulary = AttributeVocabulary::load(file("train/vocabulary.json"));
  auto json = nlohmann::ordered_json::parse(read_file(file("assign/thresholds.json")));
  json["attributes"]["colour: blakc"] = {{"threshold", 0}, {"own", 0}, {"support", 0}};
  write_file(file("other.json"), json.dump());
  EXPECT_THAT(
      testing::message_of([&] { AssignmentModel::load(file("other.json"), vocabulary, {}); }),
      HasSubstr("the attribute 'colour: blakc' is unknown to the trained vocabulary"));
}

}  // namespace
}  // namespace twinset::pinlanding
