#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "experiments/twinset/sweep_results.h"
#include "framework/core/atomic_file.h"
#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

TEST(Train, OneRunLeavesItsResultConfigAndWeights) {
  const testing::TemporaryFolder folder;
  const auto run = folder.path() / "run";
  ASSERT_EQ(train_command(testing::tiny_line({"hydra.run.dir=" + run.string()}), builtin_plugins()),
            0);
  for (const char* name :
       {"result.json", "config.yaml", ".hydra/overrides.yaml", "model.safetensors",
        "last.safetensors", "metrics.jsonl", "vocabulary.json", "tokenizer.json", "train.log"}) {
    EXPECT_TRUE(std::filesystem::exists(run / name)) << name;
  }
  const auto result = nlohmann::json::parse(read_file(run / "result.json"));
  EXPECT_TRUE(result.at("metrics").at("test").contains("product_to_attribute.map"));
  EXPECT_TRUE(result.at("metrics").at("test").contains("product_to_attribute.log_frequency.map"));
  EXPECT_TRUE(result.at("metrics").at("test").contains("attribute_to_product.precision@10"));
  EXPECT_TRUE(
      result.at("metrics").at("test").contains("tuple_to_product.within_family.precision@10"));
  EXPECT_FALSE(result.at("environment").at("commit").get<std::string>().empty());

  CommandLine eval;
  eval.overrides = {"run=" + run.string(), "split=test"};
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(eval_command(eval, builtin_plugins()), 0);
  const std::string text = ::testing::internal::GetCapturedStdout();
  EXPECT_THAT(text, HasSubstr(fmt::format(
                        "{:<64} {:.6f}", "product_to_attribute.map",
                        result["metrics"]["test"]["product_to_attribute.map"].get<double>())));

  CommandLine other = testing::tiny_line({"hydra.run.dir=" + run.string(), "seed=9"});
  EXPECT_THAT(testing::message_of([&] { train_command(other, builtin_plugins()); }),
              HasSubstr("holds a run with another configuration"));
}

TEST(Train, ASweepMakesATableAndAReportAndIsReused) {
  const testing::TemporaryFolder folder;
  CommandLine line = testing::tiny_line(
      {"loss=info_nce,sup_con", "negatives=in_batch,full_vocabulary", "title_encoder=token_mean",
       "launcher=in_process", "hydra.sweep.dir=" + folder.path().string()});
  line.is_multirun = true;
  ASSERT_EQ(train_command(line, builtin_plugins()), 0);
  const auto first = std::filesystem::last_write_time(
      folder.path() / "loss=info_nce,negatives=in_batch" / "result.json");
  ASSERT_EQ(train_command(line, builtin_plugins()), 0);
  EXPECT_EQ(std::filesystem::last_write_time(folder.path() / "loss=info_nce,negatives=in_batch" /
                                             "result.json"),
            first);

  ::testing::internal::CaptureStdout();
  const auto report = write_results({.sweep = folder.path(),
                                     .table_config = "configs/table/ablation.yaml",
                                     .out = folder.path() / "out",
                                     .reference = {},
                                     .command = "test",
                                     .title = "t",
                                     .question = "q",
                                     .findings = {}},
                                    builtin_plugins());
  const std::string markdown = ::testing::internal::GetCapturedStdout();
  for (const char* part : {"random", "frequency prior", "raw pixels", "title keywords", "BM25",
                           "info_nce", "sup_con", "in_batch", "full_vocabulary", "**"}) {
    EXPECT_THAT(markdown, HasSubstr(part));
  }
  for (const char* name :
       {"table.md", "table.tex", "table.csv", "report.html", "provenance.json"}) {
    EXPECT_TRUE(std::filesystem::exists(report.parent_path() / name)) << name;
  }
  const std::string html = read_file(report);
  EXPECT_THAT(html, HasSubstr("data:image/jpeg;base64,"));
  EXPECT_THAT(html, HasSubstr("Worst cases of"));
}

TEST(Train, AFailingJobFailsAloneAndTheStatusSaysSo) {
  const testing::TemporaryFolder folder;
  CommandLine line =
      testing::tiny_line({"encoder=resnet,vit", "~encoder.widths", "encoder.width=7",
                          "launcher=in_process", "hydra.sweep.dir=" + folder.path().string()});
  line.is_multirun = true;
  EXPECT_THAT(testing::message_of([&] { train_command(line, builtin_plugins()); }),
              HasSubstr("encoder"));
}

TEST(Train, DryRunPrintsTheJobsAndRunsNothing) {
  const testing::TemporaryFolder folder;
  CommandLine line;
  line.config_dir = "configs";
  line.overrides = {"loss=info_nce,sup_con", "seed=1,2",
                    "hydra.sweep.dir=" + (folder.path() / "sweep").string()};
  line.is_multirun = line.is_dry_run = true;
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(train_command(line, builtin_plugins()), 0);
  EXPECT_EQ(
      ::testing::internal::GetCapturedStdout(),
      "loss=info_nce seed=1\nloss=info_nce seed=2\nloss=sup_con seed=1\nloss=sup_con seed=2\n");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "sweep"));
}

}  // namespace
}  // namespace twinset
