#include "experiments/pinlanding/extract/extract_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "experiments/pinlanding/extract/attribute_provider.h"
#include "experiments/pinlanding/extract/extract_results.h"
#include "experiments/pinlanding/pipeline.h"
#include "framework/config/compose.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "tests/experiments/tiny_run.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;
using twinset::testing::message_of;
using Json = nlohmann::ordered_json;

std::vector<Json> lines_of(const std::filesystem::path& file) {
  std::vector<Json> lines;
  std::istringstream text(read_file(file));
  for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
  return lines;
}

class Extract : public ::testing::Test {
 protected:
  void run(const std::vector<std::string>& more) {
    std::vector<std::string> overrides = {
        "dataset.reader.folder=" + twinset::testing::tiny_wardrobe().string(),
        "dataset.reader.num_products=260", "dataset.reader.test_fraction=0.2",
        "dataset.reader.val_fraction=0.2"};
    overrides.insert(overrides.end(), more.begin(), more.end());
    const Node config = compose({.config_dir = "configs",
                                 .config_name = "pinlanding",
                                 .overrides = overrides,
                                 .resolve = true})
                            .config;
    run_pipeline({extract_stage()}, {folder_.path() / "p", config, builtin_plugins()});
  }
  std::filesystem::path out(const std::string& name) const {
    return folder_.path() / "p" / "extract" / name;
  }

  twinset::testing::TemporaryFolder folder_;
};

TEST_F(Extract, TheWardrobesModelSaysItsRawAttributes) {
  run({});
  std::map<std::string, Json> truth;
  for (const Json& line : lines_of(twinset::testing::tiny_wardrobe() / "truth.jsonl"))
    truth[line.at("id")] = line;
  const auto products = lines_of(out("products.jsonl"));
  ASSERT_EQ(products.size(), 260u);
  for (const Json& line : products) {
    const Json& known = truth.at(line.at("id"));
    EXPECT_EQ(line.at("split"), known.at("split"));
    EXPECT_EQ(line.at("title"), known.at("title"));
    for (const auto& [family, phrases] : line.at("attributes").items()) {
      const auto& said = known.at("raw_attributes").at(family);
      for (const auto& phrase : phrases)
        EXPECT_NE(std::find(said.begin(), said.end(), phrase), said.end()) << phrase;
    }
    EXPECT_EQ(line.at("attributes").size(), known.at("raw_attributes").size());
  }
}

TEST_F(Extract, TheMerchantsFieldsArePickedAndNamed) {
  run({"provider=catalog", "++extract.provider.fields={category: kind, colour: colour}",
       "extract.splits=[val]", "extract.max_products=5"});
  const auto products = lines_of(out("products.jsonl"));
  ASSERT_EQ(products.size(), 5u);
  for (const Json& line : products) {
    EXPECT_EQ(line.at("split"), "val");
    EXPECT_EQ(line.at("attributes").size(), 2u);
    EXPECT_EQ(line.at("attributes").at("kind").size(), 1u);
  }
  EXPECT_THAT(message_of([&] {
                run({"provider=catalog", "++extract.provider.fields={kolour: colour}"});
              }),
              HasSubstr("extract.provider.fields: unknown field 'kolour'"));
}

TEST_F(Extract, RecordedAnswersAreReadAndFailuresKeptAsideWithTheirReason) {
  run({"extract.splits=[val]"});
  const auto products = lines_of(out("products.jsonl"));
  std::string text;
  for (size_t i = 1; i < products.size(); ++i) {
    const std::string id = products[i].at("id");
    Json line = {{"id", id}, {"attributes", {{"colour", {"black"}}}}};
    if (i == 1) line = {{"id", id}, {"answer", "a dress \xff"}};
    if (i == 2) line = {{"id", id}, {"answer", "```{\"colour\": \"red\"}```"}};
    text += line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  const auto file = folder_.path() / "answers.jsonl";
  write_file(file, text);
  run({"provider=recorded", "extract.provider.file=" + file.string(), "extract.splits=[val]",
       "extract.max_failed_share=0.1"});
  const auto failed = lines_of(out("failed.jsonl"));
  ASSERT_EQ(failed.size(), 2u);
  EXPECT_EQ(failed[0].at("reason"), "there is no recorded answer");
  EXPECT_EQ(failed[1].at("reason"), "the answer has no JSON object");
  EXPECT_THAT(failed[1].at("answer").get<std::string>(), HasSubstr("a dress"));
  EXPECT_EQ(lines_of(out("products.jsonl")).size(), products.size() - 2);
  EXPECT_EQ(lines_of(out("products.jsonl"))[0].at("attributes").at("colour"), Json({"red"}));
}

TEST_F(Extract, TooManyFailuresStopTheRunAndStayOnDisk) {
  run({"extract.splits=[val]"});
  const std::string id = lines_of(out("products.jsonl"))[0].at("id");
  const auto file = folder_.path() / "answers.jsonl";
  write_file(file, Json{{"id", id}, {"answer", "{}"}}.dump());
  const std::string before = read_file(out("products.jsonl"));
  EXPECT_THAT(message_of([&] {
                run({"provider=recorded", "extract.provider.file=" + file.string(),
                     "extract.splits=[val]", "extract.min_answers=10"});
              }),
              ::testing::AllOf(HasSubstr("failed.jsonl: 10 of 10 products have no usable answer, 9 "
                                         "of them: there is no recorded answer"),
                               HasSubstr("(extract.max_failed_share)")));
  EXPECT_EQ(lines_of(out("failed.jsonl")).size(), 10u);
  EXPECT_EQ(read_file(out("products.jsonl")), before);
}

TEST_F(Extract, BadInputIsOneClearError) {
  const auto file = folder_.path() / "answers.jsonl";
  const auto recorded = [&](const std::string& text) {
    write_file(file, text);
    return message_of([&] {
      run({"provider=recorded", "extract.provider.file=" + file.string()});
    });
  };
  EXPECT_THAT(recorded(""), HasSubstr("answers.jsonl: holds no answer, expected {\"id\""));
  EXPECT_THAT(recorded("{\"id\": \"1\"\n"), HasSubstr("answers.jsonl:1: is no JSON object"));
  EXPECT_THAT(recorded("{\"id\": 1, \"attributes\": {}}\n"), HasSubstr("answers.jsonl:1: "));
  EXPECT_THAT(recorded("{\"id\": \"zzz\", \"attributes\": {\"colour\": \"red\"}}\n"),
              HasSubstr("none of its 1 answers is for a product of the data set"));
  const std::string line = "{\"id\": \"zzz\", \"attributes\": {\"colour\": \"red\"}}\n";
  EXPECT_THAT(recorded(line + line), HasSubstr("answers.jsonl:2: 'zzz' has an answer before"));
  EXPECT_THAT(message_of([&] {
                run({"provider=recorded", "extract.provider.file=nowhere.jsonl"});
              }),
              HasSubstr("extract.provider.file: 'nowhere.jsonl' does not exist"));
  EXPECT_THAT(message_of([&] { run({"extract.splits=[]"}); }),
              HasSubstr("extract.splits: is empty"));
  EXPECT_THAT(message_of([&] { run({"extract.splits=[trian]"}); }),
              HasSubstr("unknown split 'trian'"));
  EXPECT_THAT(message_of([&] { run({"++extract.provider.name=cataog"}); }),
              HasSubstr("did you mean 'catalog'?"));
  Node shards = Node::map();
  shards.set("name", "product_shards");
  Node provider = Node::map();
  provider.set("name", "wardrobe");
  EXPECT_THAT(message_of([&] {
                builtin_providers().create(provider, {shards, folder_.path()});
              }),
              HasSubstr("the provider 'wardrobe' is for dataset=wardrobe"));
}

TEST(Providers, EveryChoiceListsEveryOption) {
  const ProviderRegistry registry = builtin_providers();
  for (const std::string& name : registry.names()) {
    Node config = compose({.config_dir = "configs",
                           .config_name = "pinlanding",
                           .overrides = {"provider=" + name},
                           .resolve = false})
                      .config.at("extract")
                      .at("provider");
    EXPECT_EQ(config.at("name"), Node(name));
    for (const FieldInfo& field : registry.entries().at(name).options) {
      const Node* value = config.find_path(field.name);
      ASSERT_NE(value, nullptr) << name << "." << field.name;
      // Texts that the options leave empty, a prompt for one, are written out in the file.
      const bool is_free = field.type == "any" || field.default_value == Node("");
      EXPECT_TRUE(is_free || value->is_missing() || *value == field.default_value)
          << name << "." << field.name;
    }
  }
}

}  // namespace
}  // namespace twinset::pinlanding
