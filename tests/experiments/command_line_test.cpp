#include "experiments/twinset/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/twinset/show_config.h"
#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

TEST(CommandLine, TellsCommandOptionsAndOverridesApart) {
  const CommandLine line =
      parse_command_line({"train", "-m", "loss=info_nce,sup_con", "--config-path", "configs",
                          "~title_encoder", "--cfg", "job"});
  EXPECT_EQ(line.command, "train");
  EXPECT_TRUE(line.is_multirun);
  EXPECT_EQ(line.config_dir, "configs");
  EXPECT_EQ(line.show_config, "job");
  EXPECT_EQ(line.overrides, (std::vector<std::string>{"loss=info_nce,sup_con", "~title_encoder"}));
}

TEST(CommandLine, AnUnknownOptionIsToldWithTheNearest) {
  EXPECT_THAT(testing::message_of([] {
                parse_command_line({"train", "--multirn"});
              }),
              ::testing::HasSubstr("did you mean '--multirun'?"));
  EXPECT_THAT(testing::message_of([] {
                parse_command_line({"train", "--config-dir"});
              }),
              ::testing::HasSubstr("has no value"));
}

TEST(CommandLine, TakesTheLastOfAnOverride) {
  std::vector<std::string> overrides = {"run=a", "seed=1", "run=b"};
  EXPECT_EQ(take_override(overrides, "run"), "b");
  EXPECT_EQ(overrides, std::vector<std::string>{"seed=1"});
  EXPECT_EQ(take_override(overrides, "run"), std::nullopt);
}

TEST(CommandLine, OptionsTakeTheirValueEitherWay) {
  EXPECT_EQ(parse_command_line({"train", "--cfg=hydra"}).show_config, "hydra");
  EXPECT_EQ(parse_command_line({"train", "-c", "all", "-p", "trainer"}).package, "trainer");
  EXPECT_EQ(parse_command_line({"train", "--info"}).info, "all");
  EXPECT_EQ(parse_command_line({"train", "-i", "defaults", "a=1"}).info, "defaults");
  EXPECT_EQ(parse_command_line({"train", "--info", "a=1"}).overrides,
            std::vector<std::string>{"a=1"});
  EXPECT_THAT(testing::message_of([] {
                parse_command_line({"train", "--cfg", "jb"});
              }),
              ::testing::HasSubstr("--cfg: unknown choice 'jb', expected one of: job, hydra, all"));
  EXPECT_THAT(testing::message_of([] {
                parse_command_line({"train", "--help=x"});
              }),
              ::testing::HasSubstr("--help: takes no value"));
}

CommandLine line_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"train", "--config-path", "configs"});
  return parse_command_line(arguments);
}

TEST(ConfigPage, ShowsThePartThatIsAskedFor) {
  EXPECT_THAT(config_page(line_of({"--cfg", "job", "loss=sigmoid"})),
              ::testing::HasSubstr("\nloss:\n  name: sigmoid\n"));
  EXPECT_EQ(config_page(line_of({"--cfg", "job", "-p", "fusion"})),
            "# @package fusion\nkind: concat_mlp\nhidden: 256\n");
  EXPECT_EQ(config_page(line_of({"--cfg", "hydra", "-p", "hydra.run",
                                 "hydra.run.dir=x/${hydra.job.name}", "--resolve"})),
            "# @package hydra.run\ndir: x/train\n");
  EXPECT_THAT(testing::message_of([] {
                config_page(line_of({"--cfg", "job", "-p", "trainr"}));
              }),
              ::testing::HasSubstr("did you mean 'trainer'?"));
}

TEST(InfoPage, NamesDefaultsAndTheirParents) {
  const std::string page = info_page(line_of({"--info", "defaults", "loss=sigmoid"}));
  EXPECT_THAT(page, ::testing::ContainsRegex("loss/sigmoid +\\| loss +\\| False +\\| config "));
  EXPECT_THAT(info_page(line_of({"--info", "defaults-tree"})),
              ::testing::HasSubstr("  config:\n    dataset: wardrobe\n"));
  EXPECT_THAT(info_page(line_of({"--info", "searchpath"})),
              ::testing::ContainsRegex("configs +\\|"));
  EXPECT_THAT(info_page(line_of({"--info", "plugins"})), ::testing::HasSubstr("sup_con"));
}

TEST(HelpPage, ListsGroupsWithTheChosenOptionAndEveryField) {
  const std::string page = help_page(line_of({"--help", "loss=sigmoid"}), builtin_plugins());
  EXPECT_THAT(page, ::testing::ContainsRegex("  loss +align.*, sigmoid\\*"));
  EXPECT_THAT(page, ::testing::ContainsRegex(
                        "seed +int +1 +of weights, order and augmentation \\(>= 0\\)"));
  EXPECT_THAT(page, ::testing::HasSubstr("trainer.num_steps"));
  EXPECT_THAT(page, ::testing::HasSubstr("--shell-completion"));
}

TEST(ShellCompletion, AnswersTheQuery) {
  const std::vector<std::string> commands = {"eval", "train", "table"};
  const auto complete = [&](const std::string& text) {
    return complete_command_line(text, commands, builtin_plugins());
  };
  EXPECT_EQ(complete("twinset t"), (std::vector<std::string>{"train", "table"}));
  EXPECT_EQ(complete("twinset train --multi"), std::vector<std::string>{"--multirun"});
  EXPECT_EQ(complete("twinset train --cfg "), (std::vector<std::string>{"job", "hydra", "all"}));
  EXPECT_EQ(complete("twinset train --config-path configs loss=sigm"),
            std::vector<std::string>{"loss=sigmoid"});
  EXPECT_EQ(complete("twinset train trainer.num_st"),
            std::vector<std::string>{"trainer.num_steps="});
  EXPECT_EQ(complete("twinset train evaluation.select="),
            (std::vector<std::string>{"evaluation.select=best", "evaluation.select=last"}));
}

}  // namespace
}  // namespace twinset
