#include "framework/config/completion.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/framework/config/config_folder.h"

namespace twinset {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class Completion : public ::testing::Test {
 protected:
  std::vector<std::string> complete(const std::string& word,
                                    const std::vector<std::string>& overrides = {}) {
    Composer composer(folder_.path());
    return complete_override(
        composer, "config", overrides, word, [](const std::string& key, const Node&) {
          return key == "trainer.device" ? std::vector<std::string>{"cpu", "cuda"}
                                         : std::vector<std::string>{};
        });
  }

  ConfigFolder folder_{{
      {"config.yaml",
       "defaults:\n  - loss: info_nce\n  - _self_\nseed: 1\ntrainer: {steps: 100, device: cpu, "
       "clip: true}\nempty: {}\n"},
      {"loss/info_nce.yaml", "temperature: 0.07\n"},
      {"loss/info_nce_x.yaml", "temperature: 0.07\n"},
      {"loss/sigmoid.yaml", "bias: -10.0\n"},
      {"encoder/image/vit.yaml", "depth: 6\n"},
  }};
};

TEST_F(Completion, KeysAndGroups) {
  EXPECT_THAT(complete(""), AllOf(Contains("seed="), Contains("trainer."), Contains("loss."),
                                  Contains("loss="), Contains("encoder/"), Contains("empty=")));
  EXPECT_THAT(complete("tr"), ElementsAre("trainer."));
  EXPECT_THAT(complete("trainer."),
              ElementsAre("trainer.clip=", "trainer.device=", "trainer.steps="));
  EXPECT_THAT(complete("encoder/"), ElementsAre("encoder/image="));
  EXPECT_THAT(complete("hydra.run."), ElementsAre("hydra.run.dir="));
  EXPECT_THAT(complete("hydra/job_l"), ElementsAre("hydra/job_logging="));
  EXPECT_THAT(complete("nothing"), IsEmpty());
}

TEST_F(Completion, OptionsAndValues) {
  EXPECT_THAT(complete("loss="), ElementsAre("loss=info_nce", "loss=info_nce_x", "loss=sigmoid"));
  EXPECT_THAT(complete("loss=s"), ElementsAre("loss=sigmoid"));
  EXPECT_THAT(complete("loss@other=s"), ElementsAre("loss@other=sigmoid"));
  EXPECT_THAT(complete("hydra/job_logging=n"), ElementsAre("hydra/job_logging=none"));
  EXPECT_THAT(complete("trainer.device="),
              ElementsAre("trainer.device=cpu", "trainer.device=cuda"));
  EXPECT_THAT(complete("trainer.clip="), ElementsAre("trainer.clip=false", "trainer.clip=true"));
  EXPECT_THAT(complete("seed="), ElementsAre("seed=1"));
}

TEST_F(Completion, ASweepGoesOnBehindItsComma) {
  EXPECT_THAT(complete("loss=info_nce,s"), ElementsAre("loss=info_nce,sigmoid"));
}

TEST_F(Completion, PrefixesAreKept) {
  EXPECT_THAT(complete("+encoder/image=v"), ElementsAre("+encoder/image=vit"));
  EXPECT_THAT(complete("~se"), ElementsAre("~seed"));
  EXPECT_THAT(complete("++trainer.st"), ElementsAre("++trainer.steps="));
}

TEST_F(Completion, OtherOverridesCount) {
  EXPECT_THAT(complete("loss.", {"loss=sigmoid"}), ElementsAre("loss.bias="));
  EXPECT_THAT(complete("loss.", {"loss=[", "seed=1,2"}), ElementsAre("loss.temperature="));
  EXPECT_THAT(complete("loss.", {"loss=nothing"}), ElementsAre("loss.temperature="));
}

TEST(SplitCommandLine, TakesQuotesOff) {
  EXPECT_THAT(split_command_line("twinset train 'a=x y' b=\\ z \"c='"),
              ElementsAre("twinset", "train", "a=x y", "b= z", "c='"));
  EXPECT_THAT(split_command_line("twinset train "), ElementsAre("twinset", "train", ""));
  EXPECT_THAT(split_command_line(""), ElementsAre(""));
}

}  // namespace
}  // namespace twinset
