// The pipeline's configuration says every option of every stage, and holds a whole training run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "experiments/pinlanding/builtin.h"
#include "experiments/pinlanding/pinlanding_command.h"
#include "experiments/pinlanding/pipeline.h"
#include "experiments/pinlanding/training_config.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/run_options.h"
#include "experiments/twinset/show_config.h"
#include "framework/config/compose.h"
#include "tests/experiments/tiny_run.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;

Node config_of(const std::vector<std::string>& overrides) {
  return compose({.config_dir = "configs",
                  .config_name = "pinlanding",
                  .overrides = overrides,
                  .resolve = true})
      .config;
}

TEST(PinlandingConfig, ListsEveryOptionWithItsDefault) {
  const Node config = config_of({});
  for (const FieldInfo& field : describe_options<PipelineOptions>())
    EXPECT_NE(config.find_path(field.name), nullptr) << field.name;
  for (const Stage& stage : builtin_stages()) {
    for (const FieldInfo& field : stage.options) {
      const Node* value = config.find_path(stage.name + "." + field.name);
      ASSERT_NE(value, nullptr) << stage.name << "." << field.name;
      EXPECT_TRUE(field.type == "any" || *value == field.default_value)
          << stage.name << "." << field.name;
    }
  }
}

TEST(PinlandingConfig, IsATrainingRunAndTheStages) {
  const Node training = training_config(config_of({"seed=7"}));
  EXPECT_EQ(twinset::testing::message_of([&] { check_run_config(training, builtin_plugins()); }),
            "no error");
  EXPECT_EQ(read_options<RunOptions>(training, "").seed, 7);
  EXPECT_EQ(
      training,
      compose({.config_dir = "configs", .config_name = "config", .overrides = {"seed=7"}}).config);
}

TEST(PinlandingConfig, EveryExperimentComposes) {
  ::setenv("TWINSET_MYNTRA", "shards", 0);
  for (const auto& experiment : list_options("configs", "experiment")) {
    if (experiment.rfind("pinlanding", 0) != 0) continue;
    const Node config = config_of({"+experiment=" + experiment});
    EXPECT_EQ(twinset::testing::message_of(
                  [&] { check_run_config(training_config(config), builtin_plugins()); }),
              "no error")
        << experiment;
  }
}

TEST(PinlandingConfig, StagesAreThoseOfTheContractInRunOrder) {
  size_t place = 0;
  for (const Stage& stage : builtin_stages()) {
    const auto found = std::find(kStageNames.begin() + place, kStageNames.end(), stage.name);
    ASSERT_NE(found, kStageNames.end()) << stage.name;
    place = static_cast<size_t>(found - kStageNames.begin()) + 1;
  }
}

TEST(PinlandingConfig, TheCommandLineChoosesItsPrimaryConfig) {
  const CommandLine line =
      parse_command_line({"pinlanding", "--config-path", "configs", "stage=topics,feeds"});
  EXPECT_EQ(line.config_name, "pinlanding");
  CommandLine shown = line;
  shown.show_config = "job";
  EXPECT_THAT(config_page(shown), HasSubstr("stage:\n- topics\n- feeds\nfolder: "));
  EXPECT_EQ(parse_command_line({"pinlanding", "-cn", "mine"}).config_name, "mine");
  EXPECT_EQ(parse_command_line({"train"}).config_name, "config");
  EXPECT_THAT(pinlanding_help(line), HasSubstr("\nStages, in run order\n"));
}

TEST(PinlandingConfig, AnUnknownKeyIsNamed) {
  CommandLine line =
      parse_command_line({"pinlanding", "--config-path", "configs", "+trainer.num_stepz=1"});
  EXPECT_THAT(twinset::testing::message_of([&] { pinlanding_command(line, builtin_plugins()); }),
              HasSubstr("did you mean 'num_steps'?"));
}

}  // namespace
}  // namespace twinset::pinlanding
