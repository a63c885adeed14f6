#include "experiments/pinlanding/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "tests/experiments/tiny_run.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using twinset::testing::message_of;

/// A pipeline of three: a file is copied, with the stage's option "text" behind it.
class Pipeline : public ::testing::Test {
 protected:
  Pipeline() : plugins_(builtin_plugins()) {
    write_file(log(), "searches\n");
    config_.set("demand", Node::map()).set("text", "d");
    config_.set("extract", Node::map()).set("text", "e");
    config_.set("topics", Node::map()).set("text", "t");
    config_.set("seed", 1);
    stages_ = {copier("demand", log(), {}), copier("extract", {}, {"demand/out.txt"}),
               copier("topics", {}, {"extract/out.txt"})};
    stages_[0].external = [this](const StageContext&) {
      return std::vector<std::filesystem::path>{log()};
    };
    stages_[2].config_keys = {"seed"};
  }

  std::filesystem::path log() const { return folder_.path() / "log.txt"; }
  std::filesystem::path out(const std::string& stage) const {
    return folder_.path() / "pipeline" / stage / "out.txt";
  }

  Stage copier(const std::string& name, const std::filesystem::path& from,
               const std::vector<std::string>& reads) {
    Stage stage;
    stage.name = name;
    stage.reads = reads;
    stage.run = [this, name, from, reads](const StageContext& context) {
      ++runs_[name];
      digests_[name] = context.inputs_digest;
      const std::string text = read_file(reads.empty() ? from : context.file(reads[0]));
      write_file(context.file(name + "/out.txt"),
                 text + context.config.at(name).at("text").as_string());
      return "wrote " + name;
    };
    return stage;
  }

  /// The reasons of the stages, "" for those that were up to date.
  std::vector<std::string> run(const Node& stage = "all") {
    std::vector<std::string> reasons;
    const StageContext context{folder_.path() / "pipeline", config_, plugins_};
    for (const StageOutcome& outcome : run_pipeline(selected_stages(stages_, stage), context))
      reasons.push_back(outcome.reason);
    return reasons;
  }

  twinset::testing::TemporaryFolder folder_;
  Plugins plugins_;
  Node config_ = Node::map();
  std::vector<Stage> stages_;
  std::map<std::string, int> runs_;
  std::map<std::string, std::string> digests_;
};

TEST_F(Pipeline, SkipsWhatIsUpToDate) {
  EXPECT_THAT(run(), ElementsAre("was not run", "was not run", "was not run"));
  EXPECT_EQ(read_file(out("topics")), "searches\ndet");
  EXPECT_THAT(run(), ElementsAre("", "", ""));
  EXPECT_EQ(runs_["topics"], 1);
}

TEST_F(Pipeline, AnOptionMakesItsStageStaleAndThoseThatReadIt) {
  run();
  config_.find("extract")->set("text", "E");
  EXPECT_THAT(run(), ElementsAre("", "extract.text changed", "'extract/out.txt' changed"));
  EXPECT_EQ(read_file(out("topics")), "searches\ndEt");
  config_.set("seed", 2);
  EXPECT_THAT(run(), ElementsAre("", "", "seed changed"));
}

TEST_F(Pipeline, AStageThatWritesTheSameAgainLeavesTheRestUpToDate) {
  stages_[0].config_keys = {"title_length"};
  run();
  config_.set("title_length", 3);
  EXPECT_THAT(run(), ElementsAre("title_length changed", "", ""));
}

TEST_F(Pipeline, AnExternalFileMakesItStale) {
  run();
  write_file(log(), "searchez\n");
  EXPECT_THAT(run(), ElementsAre(HasSubstr("log.txt' changed"), "'demand/out.txt' changed",
                                 "'extract/out.txt' changed"));
}

TEST_F(Pipeline, AChangedOrLostOutputIsMadeAgain) {
  run();
  write_file(out("extract"), "by hand");
  EXPECT_THAT(run("extract"), ElementsAre("'extract/out.txt' changed"));
  EXPECT_EQ(read_file(out("extract")), "searches\nde");
  std::filesystem::remove(out("topics"));
  EXPECT_THAT(run(), ElementsAre("", "", "'topics/out.txt' is missing"));
}

TEST_F(Pipeline, AStageThatFailedIsNotDone) {
  run();
  const auto good = stages_[1].run;
  config_.find("extract")->set("text", "E");
  stages_[1].run = [](const StageContext&) -> std::string {
    throw DataError({.where = "line 3", .what = "is broken"});
  };
  EXPECT_EQ(message_of([&] { run(); }), "line 3: is broken");
  EXPECT_EQ(message_of([&] { run("topics"); }),
            "stage topics: stage extract, whose 'extract/out.txt' it reads, was begun and not "
            "finished; run stage=extract first");
  stages_[1].run = good;
  EXPECT_THAT(run(), ElementsAre("", "was not finished", "'extract/out.txt' changed"));
}

TEST_F(Pipeline, AKilledStageGoesOnAndTheFinishedOnesAreSkipped) {
  const auto good = stages_[1].run;
  stages_[1].run = [](const StageContext& context) -> std::string {
    write_file(context.file("extract/part.txt"), context.inputs_digest);
    ::raise(SIGKILL);
    return "";
  };
  const pid_t child = ::fork();
  if (child == 0) {
    run();
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  stages_[1].run = good;
  EXPECT_THAT(run(), ElementsAre("", "was not finished", "was not run"));
  // What is left of the killed run is known to belong to the same inputs.
  EXPECT_EQ(read_file(folder_.path() / "pipeline/extract/part.txt"), digests_["extract"]);
}

TEST_F(Pipeline, ChangedInputsOfAnUnfinishedStageAreTold) {
  stages_[1].run = [](const StageContext&) -> std::string { throw DataError({.what = "broken"}); };
  EXPECT_EQ(message_of([&] { run(); }), "broken");
  stages_[1] = copier("extract", {}, {"demand/out.txt"});
  config_.find("extract")->set("text", "E");
  EXPECT_THAT(run(),
              ElementsAre("", "was not finished, and what it depends on changed", "was not run"));
}

TEST_F(Pipeline, AMissingFileNamesTheStageToRun) {
  EXPECT_EQ(message_of([&] { run("topics"); }), "stage topics: there is no 'extract/out.txt' in " +
                                                    (folder_.path() / "pipeline").string() +
                                                    "; run stage=extract first");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "pipeline"));
}

TEST_F(Pipeline, AFileBroughtFromElsewhereServesAStage) {
  write_file(out("extract"), "mine");
  EXPECT_THAT(run("topics"), ElementsAre("was not run"));
  EXPECT_EQ(read_file(out("topics")), "minet");
}

TEST_F(Pipeline, BeginsWithTheFinishedStagesOfAnother) {
  run();
  const std::filesystem::path base = folder_.path() / "pipeline", other = folder_.path() / "other";
  write_file(base / "topics/big_cache.jsonl", std::string(2 << 20, 'c'));
  write_file(base / "topics/big.bin", std::string(2 << 20, 'b'));
  run("topics");  // the manifest knows them now
  config_.find("topics")->set("text", "T");
  const StageContext context{other, config_, plugins_};
  const auto reasons = [&](const std::filesystem::path& from) {
    std::vector<std::string> result;
    for (const StageOutcome& outcome : run_pipeline(stages_, context, from))
      result.push_back(outcome.reason);
    return result;
  };
  EXPECT_THAT(reasons(base), ElementsAre("", "", "topics.text changed"));
  EXPECT_EQ(read_file(other / "topics/out.txt"), "searches\ndeT");
  EXPECT_EQ(read_file(base / "topics/out.txt"), "searches\ndet");
  EXPECT_EQ(std::filesystem::hard_link_count(base / "topics/big.bin"), 2u);
  EXPECT_EQ(std::filesystem::hard_link_count(base / "topics/big_cache.jsonl"), 1u);
  // A folder that is there goes on by itself.
  EXPECT_THAT(reasons(folder_.path() / "none"), ElementsAre("", "", ""));
  std::filesystem::remove(other / "manifest.json");
  EXPECT_THAT(message_of([&] { reasons(folder_.path() / "none"); }),
              HasSubstr("none has no manifest.json, expected the folder of another pipeline"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "none"));
}

TEST_F(Pipeline, SelectsStagesInRunOrder) {
  EXPECT_THAT(run("topics,demand, extract"),
              ElementsAre("was not run", "was not run", "was not run"));
  EXPECT_THAT(run(Node(Node::List{"topics", "demand"})), ElementsAre("", ""));
  EXPECT_THAT(message_of([&] { run("topcs"); }), HasSubstr("unknown stage 'topcs'"));
  EXPECT_THAT(message_of([&] { run("topcs"); }), HasSubstr("did you mean 'topics'?"));
  EXPECT_THAT(message_of([&] { run(7); }),
              HasSubstr("stage: is 7, expected all, a stage's name, or a list of them"));
}

TEST_F(Pipeline, ChecksEveryStageBeforeTheFirstRuns) {
  stages_[2].check = [](const StageContext&) { throw ConfigError({.what = "topics.text is bad"}); };
  EXPECT_EQ(message_of([&] { run(); }), "topics.text is bad");
  EXPECT_EQ(runs_["demand"], 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "pipeline"));
}

TEST_F(Pipeline, StopsBetweenStages) {
  const auto good = stages_[0].run;
  stages_[0].run = [&](const StageContext& context) {
    request_interrupt();
    return good(context);
  };
  EXPECT_THROW(run(), Interrupted);
  request_interrupt(false);
  EXPECT_EQ(runs_["extract"], 0);
  EXPECT_THAT(run(), ElementsAre("", "was not run", "was not run"));
}

TEST_F(Pipeline, OneProcessAtATimeWorksInAFolder) {
  const auto good = stages_[0].run;
  std::string message;
  stages_[0].run = [&](const StageContext& context) {
    message = message_of([&] { run(); });
    return good(context);
  };
  run();
  EXPECT_THAT(message, HasSubstr("another process works in this folder"));
}

TEST_F(Pipeline, PartsOfAStageRunSideBySideAndAreNotTheStage) {
  run("demand");
  bool part = true;
  std::string nested, whole;
  const auto good = stages_[1].run;
  stages_[1].is_part = [&](const StageContext&) { return part; };
  stages_[1].run = [&](const StageContext& context) {
    if (runs_["extract"]++ == 0) {
      nested = message_of(
          [&] { run("extract"); });  // locks of one process exclude one another as those of two do
      part = false;
      whole = message_of([&] { run("extract"); });
      part = true;
    }
    return good(context);
  };
  EXPECT_THAT(run("extract"), ElementsAre("a part was asked for"));
  EXPECT_EQ(nested, "no error");
  EXPECT_THAT(whole, HasSubstr("another process works in this folder"));
  EXPECT_THAT(
      message_of([&] { run("topics"); }),
      HasSubstr("stage extract, whose 'extract/out.txt' it reads, was begun and not finished"));
  EXPECT_THAT(
      message_of([&] { run("extract,topics"); }),
      HasSubstr(
          "a part of extract is asked for, beside other stages, expected stage=extract alone"));
  part = false;
  EXPECT_THAT(run(), ElementsAre("", HasSubstr("was not finished"), "was not run"));
}

TEST_F(Pipeline, AFileMadeOnFirstUseDoesNotMakeItsStageStale) {
  const auto data = folder_.path() / "rendered.txt";
  stages_[0].external = [=](const StageContext&) {
    return std::vector<std::filesystem::path>{data};
  };
  const auto good = stages_[0].run;
  stages_[0].run = [=](const StageContext& context) {
    write_file(data, "rendered");
    return good(context);
  };
  run();
  EXPECT_THAT(run(), ElementsAre("", "", ""));
}

TEST_F(Pipeline, ABrokenManifestIsNamed) {
  run();
  write_file(folder_.path() / "pipeline/manifest.json", "{\"version\": 1}");
  EXPECT_THAT(message_of([&] { run(); }),
              HasSubstr("pipeline/manifest.json: [json.exception.out_of_range.403] key 'stages' "
                        "not found, expected a manifest"));
}

}  // namespace
}  // namespace twinset::pinlanding
