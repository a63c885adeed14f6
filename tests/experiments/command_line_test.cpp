#include "experiments/twinset/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

TEST(CommandLine, TellsCommandOptionsAndOverridesApart) {
  const CommandLine line = parse_command_line({"train", "-m", "loss=info_nce,sup_con", "--config-dir", "configs", "~title_encoder", "--cfg", "job"});
  EXPECT_EQ(line.command, "train");
  EXPECT_TRUE(line.is_multirun);
  EXPECT_EQ(line.config_dir, "configs");
  EXPECT_EQ(line.show_config, "job");
  EXPECT_EQ(line.overrides, (std::vector<std::string>{"loss=info_nce,sup_con", "~title_encoder"}));
}

TEST(CommandLine, AnUnknownOptionIsToldWithTheNearest) {
  EXPECT_THAT(testing::message_of([] { parse_command_line({"train", "--multirn"}); }), ::testing::HasSubstr("did you mean '--multirun'?"));
  EXPECT_THAT(testing::message_of([] { parse_command_line({"train", "--config-dir"}); }), ::testing::HasSubstr("has no value"));
}

TEST(CommandLine, TakesTheLastOfAnOverride) {
  std::vector<std::string> overrides = {"run=a", "seed=1", "run=b"};
  EXPECT_EQ(take_override(overrides, "run"), "b");
  EXPECT_EQ(overrides, std::vector<std::string>{"seed=1"});
  EXPECT_EQ(take_override(overrides, "run"), std::nullopt);
}

}  // namespace
}  // namespace twinset
