#include "framework/config/compose.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "framework/core/options.h"
#include "tests/framework/config/config_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

ConfigFolder::Files small_tree() {
  return {
      {"config.yaml",
       "defaults:\n  - loss: info_nce\n  - encoder: resnet\n  - _self_\nseed: 1\ntrainer: {steps: "
       "100}\n"
       "name: ${loss.name}_${encoder.name}\n"},
      {"loss/info_nce.yaml", "name: info_nce\ntemperature: 0.07\n"},
      {"loss/sigmoid.yaml", "name: sigmoid\nbias: -10.0\n"},
      {"encoder/resnet.yaml", "name: resnet\nwidths: [32, 64]\n"},
      {"encoder/vit.yaml", "name: vit\ndepth: 6\n"},
      {"experiment/small.yaml",
       "# @package _global_\ndefaults:\n  - override /encoder: vit\n  - _self_\nseed: 7\n"},
  };
}

TEST(Compose, MergesTheChoicesOfTheDefaultsList) {
  const ConfigFolder folder(small_tree());
  const Composition composed = folder.compose();
  EXPECT_EQ(
      to_json(composed.config).dump(),
      R"({"loss":{"name":"info_nce","temperature":0.07},"encoder":{"name":"resnet","widths":[32,64]},)"
      R"("seed":1,"trainer":{"steps":100},"name":"info_nce_resnet"})");
  EXPECT_THAT(composed.choices, ElementsAre(Pair("encoder", "resnet"), Pair("loss", "info_nce")));
}

TEST(Compose, OverridesChooseAndChange) {
  const ConfigFolder folder(small_tree());
  const Node config = folder
                          .compose({"loss=sigmoid", "trainer.steps=5", "+trainer.warmup=2",
                                    "++seed=3", "~encoder.widths"})
                          .config;
  EXPECT_EQ(config.find_path("loss.name")->as_string(), "sigmoid");
  EXPECT_EQ(config.find_path("trainer.steps")->as_int(), 5);
  EXPECT_EQ(config.find_path("trainer.warmup")->as_int(), 2);
  EXPECT_EQ(config.find_path("seed")->as_int(), 3);
  EXPECT_EQ(config.find_path("encoder.widths"), nullptr);
  EXPECT_EQ(config.find("name")->as_string(), "sigmoid_resnet");
}

TEST(Compose, ListsReplaceAndMapsMerge) {
  const ConfigFolder folder(small_tree());
  const Node config = folder.compose({"encoder.widths=[1]", "+loss={margin:0.5}"}).config;
  EXPECT_EQ(to_json(*config.find_path("encoder.widths")).dump(), "[1]");
  EXPECT_EQ(to_json(*config.find("loss")).dump(),
            R"({"name":"info_nce","temperature":0.07,"margin":0.5})");
}

TEST(Compose, AnExperimentOverridesOtherGroups) {
  const ConfigFolder folder(small_tree());
  const Composition composed = folder.compose({"+experiment=small"});
  EXPECT_EQ(composed.config.find_path("encoder.name")->as_string(), "vit");
  EXPECT_EQ(composed.config.find("seed")->as_int(), 7);
  EXPECT_EQ(composed.config.find("experiment"), nullptr);
}

TEST(Compose, AGroupGoesIntoTheGivenPackage) {
  const ConfigFolder folder(small_tree());
  const Node config = folder.compose({"+encoder@text=vit", "+encoder@a.b=resnet"}).config;
  EXPECT_EQ(config.find_path("text.depth")->as_int(), 6);
  EXPECT_EQ(config.find_path("a.b.name")->as_string(), "resnet");
}

TEST(Compose, KeepsInterpolationsIfAsked) {
  const ConfigFolder folder(small_tree());
  const Composition raw = compose(
      {.config_dir = folder.path(), .config_name = "config", .overrides = {}, .resolve = false});
  EXPECT_EQ(raw.config.find("name")->as_string(), "${loss.name}_${encoder.name}");
}

TEST(Compose, ValuesKnowTheirPlace) {
  const ConfigFolder folder(small_tree());
  const Node config = folder.compose({"trainer.steps=5"}).config;
  const Location& temperature = config.find_path("loss.temperature")->location();
  EXPECT_EQ(temperature.file, (folder.path() / "loss/info_nce.yaml").string());
  EXPECT_EQ(temperature.line, 2);
  EXPECT_EQ(temperature.column, 14);
  EXPECT_EQ(config.find_path("trainer.steps")->location().file, "override `trainer.steps=5`");
}

struct LossOptions {
  double temperature = 0.07;
  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{.help = "softmax temperature", .above = 0});
  }
};

TEST(Compose, TypedOptionsNameFileAndLine) {
  auto files = small_tree();
  files["loss/info_nce.yaml"] = "# the loss\nname: info_nce\ntemperature: -0.1\n";
  const ConfigFolder folder(files);
  const Node config = folder.compose().config;
  EXPECT_THAT(error_of([&] { read_options<LossOptions>(*config.find("loss"), "loss", {"name"}); }),
              HasSubstr("loss/info_nce.yaml:3: loss.temperature: is -0.1, expected > 0"));
  const Node changed = folder.compose({"loss.temperature=-1"}).config;
  EXPECT_EQ(error_of([&] { read_options<LossOptions>(*changed.find("loss"), "loss", {"name"}); }),
            "override `loss.temperature=-1`: loss.temperature: is -1, expected > 0");
}

TEST(ComposeError, UnknownKeyNamesTheNearestWithACaret) {
  EXPECT_EQ(ConfigFolder(small_tree()).error({"trainer.stps=5"}),
            "override 'trainer.stps=5': no key 'trainer.stps', expected one of: steps; did you "
            "mean 'steps'? "
            "to add the key, use +trainer.stps=5\n  trainer.stps=5\n          ^");
}

TEST(ComposeError, UnknownOptionListsTheOptions) {
  EXPECT_EQ(ConfigFolder(small_tree()).error({"loss=sigmiod"}),
            "override 'loss=sigmiod': unknown loss 'sigmiod', expected one of: info_nce, sigmoid; "
            "did you mean 'sigmoid'?"
            "\n  loss=sigmiod\n       ^");
  auto files = small_tree();
  files["config.yaml"] = "defaults:\n  - loss: infonce\n";
  EXPECT_EQ(ConfigFolder(files).error(),
            "config.yaml:2: unknown loss 'infonce', expected one of: info_nce, sigmoid; did you "
            "mean 'info_nce'?");
}

TEST(ComposeError, MandatoryChoiceListsTheOptions) {
  auto files = small_tree();
  files["config.yaml"] = "defaults:\n  - loss: ???\n";
  const ConfigFolder folder(files);
  EXPECT_EQ(folder.error(),
            "config.yaml:2: you must specify 'loss', expected one of: info_nce, sigmoid; add "
            "loss=OPTION");
  EXPECT_EQ(folder.error({"loss=sigmoid"}), "");
}

TEST(ComposeError, UnknownConfigNamesTheNearest) {
  EXPECT_THAT(ConfigFolder(small_tree()).error({}, "confg"),
              HasSubstr("expected one of: config; did you mean 'config'?"));
}

TEST(ComposeError, MissingFolder) {
  EXPECT_EQ(error_of([] {
              compose({.config_dir = "/nowhere/configs", .config_name = "config", .overrides = {}});
            }),
            "/nowhere/configs: is no folder, expected a folder with configurations");
}

TEST(ComposeError, PlusOnAnExistingKey) {
  EXPECT_THAT(ConfigFolder(small_tree()).error({"+seed=2"}),
              HasSubstr("'seed' exists already; to change it, use seed=2"));
}

TEST(ComposeError, DeletionOfNothing) {
  const ConfigFolder folder(small_tree());
  EXPECT_THAT(folder.error({"~nothing"}),
              HasSubstr("'nothing' does not exist, so it can't be deleted"));
  EXPECT_THAT(folder.error({"~seed=2"}),
              HasSubstr("'seed' is 1, so it is not deleted, expected 2"));
  EXPECT_THAT(folder.error({"~loss=sigmoid"}),
              HasSubstr("'loss' is 'info_nce', so it is not deleted"));
}

TEST(ComposeError, ASweepNeedsMultirun) {
  const ConfigFolder folder(small_tree());
  EXPECT_THAT(folder.error({"seed=1,2"}),
              HasSubstr("several values for one run; use [a,b] for a list"));
  EXPECT_THAT(folder.error({"seed=range(3)"}),
              HasSubstr("a sweep in a single run; use --multirun"));
}

TEST(ComposeError, AnOverrideThatMatchesNoEntry) {
  auto files = small_tree();
  files["config.yaml"] = "defaults:\n  - loss: info_nce\n  - override encoder: vit\n";
  const ConfigFolder folder(files);
  EXPECT_EQ(folder.error(),
            "config.yaml:3: 'encoder' is in no defaults list, so it can't be overridden");
  EXPECT_THAT(folder.error({"encoder=vit", "~loss"}),
              HasSubstr("override 'encoder=vit': 'encoder' is in no defaults list"));
}

TEST(ComposeError, AConfigThatIncludesItself) {
  EXPECT_THAT(ConfigFolder(ConfigFolder::Files{{"config.yaml", "defaults:\n  - other\n"},
                                               {"other.yaml", "defaults:\n  - config\n"}})
                  .error(),
              HasSubstr("holds itself"));
}

TEST(ComposeError, AMapThatMeetsAList) {
  const ConfigFolder folder(
      ConfigFolder::Files{{"config.yaml", "defaults:\n  - base\n  - _self_\nvalue: [1]\n"},
                          {"base.yaml", "value: {a: 1}\n"}});
  EXPECT_EQ(folder.error(), "config.yaml:4: value: is a list, expected a map, as in base.yaml:1");
}

TEST(ComposeError, AnInterpolationToNowhere) {
  const ConfigFolder folder(
      ConfigFolder::Files{{"config.yaml", "loss: {name: a}\nrun: ${loss.nme}\n"}});
  EXPECT_EQ(folder.error(),
            "config.yaml:2: run: interpolation key 'loss.nme' not found; did you mean 'name'?");
}

TEST(ComposeError, SettingsOfTheRunAreTyped) {
  const ConfigFolder folder(small_tree());
  EXPECT_THAT(folder.error({"hydra.mode=FAST"}),
              HasSubstr("hydra.mode: is 'FAST', expected RUN or MULTIRUN"));
  EXPECT_THAT(folder.error({"hydra.job.nmae=x"}), HasSubstr("did you mean 'name'?"));
}

TEST(Groups, AreListedWithTheirOptions) {
  auto files = small_tree();
  files["encoder/text/bert.yaml"] = "{}\n";
  const ConfigFolder folder(files);
  EXPECT_THAT(list_groups(folder.path()),
              ElementsAre("encoder", "encoder/text", "experiment", "loss"));
  EXPECT_THAT(list_options(folder.path(), "encoder"), ElementsAre("resnet", "vit"));
  EXPECT_TRUE(list_options(folder.path(), "nothing").empty());
}

}  // namespace
}  // namespace twinset
