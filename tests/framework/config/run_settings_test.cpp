#include "framework/config/run_settings.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/framework/config/config_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Pair;

class Settings : public ::testing::Test {
 protected:
  Composition compose(const std::vector<std::string>& overrides,
                      RunFacts facts = {.job_name = "train",
                                        .version = "0.1.0",
                                        .is_multirun = false,
                                        .job_num = {},
                                        .output_dir = {}}) {
    return Composer(folder_.path()).compose("config", overrides, true, facts);
  }
  RunSettings read(const std::vector<std::string>& overrides) {
    return read_run_settings(compose(overrides).tree);
  }

  ConfigFolder folder_{{{"config.yaml",
                         "defaults:\n  - db: pg\n  - _self_\nseed: 1\nname: "
                         "${hydra:job.name}\nchoice: ${hydra:runtime.choices.db}\n"},
                        {"db/pg.yaml", "host: a\n"}}};
};

TEST_F(Settings, AreHydrasByDefault) {
  const RunSettings settings = read({});
  EXPECT_EQ(settings.job_name, "train");
  EXPECT_FALSE(settings.is_multirun);
  EXPECT_THAT(settings.run_dir,
              MatchesRegex("outputs/[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{2}-[0-9]{2}-[0-9]{2}"));
  EXPECT_THAT(settings.sweep_dir,
              MatchesRegex("multirun/[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{2}-[0-9]{2}-[0-9]{2}"));
  EXPECT_EQ(settings.output_subdir, ".hydra");
  EXPECT_EQ(settings.log_level, "info");
  EXPECT_FALSE(settings.changes_folder);
}

TEST_F(Settings, CanBeOverridden) {
  const RunSettings settings =
      read({"hydra.run.dir=here/${hydra.job.override_dirname}", "hydra.output_subdir=null",
            "hydra.mode=MULTIRUN", "hydra.verbose=true", "+hydra.job.env_set.A=1",
            "hydra.job.chdir=true", "seed=2", "db=pg"});
  EXPECT_EQ(settings.run_dir, "here/db=pg,seed=2");
  EXPECT_EQ(settings.output_subdir, std::nullopt);
  EXPECT_TRUE(settings.is_multirun);
  EXPECT_EQ(settings.log_level, "debug");
  EXPECT_THAT(settings.environment, ElementsAre(Pair("A", "1")));
  EXPECT_TRUE(settings.changes_folder);
  EXPECT_EQ(read({"hydra.job_logging.root.level=WARN"}).log_level, "warning");
}

TEST_F(Settings, OverrideDirnameLeavesOutKeysAndJoinsAsTold) {
  EXPECT_EQ(read({"hydra.run.dir=${hydra.job.override_dirname}", "seed=2", "db.host=b",
                  "hydra.job.config.override_dirname.exclude_keys=[seed]"})
                .run_dir,
            "db.host=b");
  EXPECT_EQ(read({"hydra.run.dir=${hydra.job.override_dirname}", "seed=2", "db.host=b",
                  "hydra.job.config.override_dirname.item_sep=__",
                  "hydra.job.config.override_dirname.kv_sep=-"})
                .run_dir,
            "db.host-b__seed-2");
}

TEST_F(Settings, AConfigAsksForThem) {
  const Node config = compose({}).config;
  EXPECT_EQ(config.find("name")->as_string(), "train");
  EXPECT_EQ(config.find("choice")->as_string(), "pg");
}

TEST_F(Settings, TheLogFileIsInTheOutputFolder) {
  RunFacts facts{
      .job_name = "train", .version = "", .is_multirun = true, .job_num = 3, .output_dir = "/out"};
  const Composition composition = compose({}, facts);
  EXPECT_EQ(read_run_settings(composition.tree).log_file, "/out/train.log");
  EXPECT_EQ(chosen_sweep_subdir(composition.tree), std::nullopt);
  EXPECT_EQ(chosen_sweep_subdir(compose({"hydra.sweep.subdir=job_${hydra.job.num}"}, facts).tree),
            "job_3");
  EXPECT_EQ(composition.hydra.find_path("job.id")->as_string(), "3");
  EXPECT_EQ(composition.hydra.find_path("mode")->as_string(), "MULTIRUN");
  EXPECT_EQ(read_run_settings(compose({"hydra/job_logging=none"}, facts).tree).log_file,
            std::nullopt);
}

TEST_F(Settings, AWrongOneNamesItsPlace) {
  EXPECT_THAT(error_of([&] { read({"hydra.job_logging.root.level=LOUD"}); }),
              ::testing::AllOf(HasSubstr("override `hydra.job_logging.root.level=LOUD`"),
                               HasSubstr("expected one of: debug, info, warning, error")));
  EXPECT_THAT(error_of([&] { read({"hydra.run.dir=${nothing}"}); }),
              HasSubstr("interpolation key 'nothing' not found"));
  EXPECT_THAT(error_of([&] { read({"hydra.job.chdr=true"}); }), HasSubstr("did you mean 'chdir'?"));
  EXPECT_THAT(error_of([&] { read({"~hydra.run.dir"}); }),
              HasSubstr("'hydra.run.dir' can't be deleted"));
}

TEST_F(Settings, OneComposerForgetsTheSearchpathOfTheLastComposition) {
  const std::filesystem::path extra = folder_.path() / "extra";
  std::filesystem::create_directories(extra / "db");
  std::ofstream(extra / "db/more.yaml") << "host: far\n";
  Composer composer(folder_.path());
  EXPECT_THAT(error_of([&] { composer.compose("config", {"db=more"}); }),
              HasSubstr("unknown db 'more'"));
  EXPECT_EQ(composer.compose("config", {"db=more", "hydra.searchpath=[" + extra.string() + "]"})
                .config.find_path("db.host")
                ->as_string(),
            "far");
  EXPECT_THAT(error_of([&] { composer.compose("config", {"db=more"}); }),
              HasSubstr("unknown db 'more'"));
}

}  // namespace
}  // namespace twinset
