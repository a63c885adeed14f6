// What a user gets wrong, and what the program says to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "framework/core/atomic_file.h"
#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string train_message(const std::vector<std::string>& overrides) {
  const testing::TemporaryFolder folder;
  std::vector<std::string> all = overrides;
  all.push_back("hydra.run.dir=" + (folder.path() / "run").string());
  const CommandLine line = testing::tiny_line(all);
  return testing::message_of([&] { train_command(line, builtin_plugins()); });
}

TEST(Misuse, AMisspeltKeyIsToldWithTheNearest) {
  EXPECT_THAT(train_message({"trainer.num_step=5"}),
              AllOf(HasSubstr("trainer.num_step"), HasSubstr("num_steps")));
}

TEST(Misuse, AMisspeltKeyThatWasAddedByForceIsToldWithTheNearest) {
  EXPECT_THAT(
      train_message({"+loss.temprature=0.1"}),
      AllOf(HasSubstr("unknown key 'temprature'"), HasSubstr("did you mean 'temperature'?")));
}

TEST(Misuse, AnUnknownEncoderListsTheChoices) {
  EXPECT_THAT(train_message({"encoder=resnett"}),
              AllOf(HasSubstr("resnett"), HasSubstr("resnet"), HasSubstr("vit")));
}

TEST(Misuse, AValueOutOfRangeNamesKeyAndBound) {
  EXPECT_THAT(train_message({"schedule.lr=-1.0"}),
              AllOf(HasSubstr("schedule.lr"), HasSubstr("is -1.0, expected > 0")));
  EXPECT_THAT(train_message({"trainer.num_steps=many"}),
              HasSubstr("trainer.num_steps: is 'many', expected an integer"));
}

TEST(Misuse, AMissingFolderIsNamed) {
  EXPECT_THAT(train_message({"dataset=product_shards", "~dataset.reader.num_products"}),
              ::testing::Not(HasSubstr("no error")));
  CommandLine line;
  line.config_dir = "configs";
  line.overrides = {"dataset=product_shards", "dataset.reader.root=/nowhere/at/all"};
  EXPECT_THAT(testing::message_of([&] { train_command(line, builtin_plugins()); }),
              HasSubstr("/nowhere/at/all"));
}

TEST(Misuse, AVocabularyOfOneEntryIsRefused) {
  EXPECT_THAT(
      train_message({"dataset.vocabulary.keys=[gender]", "dataset.vocabulary.min_count=150"}),
      HasSubstr("vocabulary"));
}

TEST(Misuse, BothTowersNoneIsRefused) {
  EXPECT_THAT(train_message({"encoder=none", "~encoder.widths"}),
              ::testing::Not(HasSubstr("no error")));
}

TEST(Misuse, ACorruptTarIsNamedWithItsOffset) {
  const testing::TemporaryFolder folder;
  const std::string noise(2048, 'x');
  for (const char* name : {"a-train-0.tar", "a-val-0.tar", "a-test-0.tar"})
    write_file(folder.path() / name, noise);
  CommandLine line;
  line.config_dir = "configs";
  line.overrides = {"dataset=product_shards", "dataset.reader.root=" + folder.path().string(),
                    "hydra.run.dir=" + (folder.path() / "run").string()};
  EXPECT_THAT(testing::message_of([&] { train_command(line, builtin_plugins()); }),
              AllOf(HasSubstr("-0.tar"), HasSubstr("0")));
}

TEST(Misuse, AnEmptyDataSetIsTold) {
  const testing::TemporaryFolder folder;
  const std::string empty_tar(1024, '\0');
  for (const char* name : {"a-train-0.tar", "a-val-0.tar", "a-test-0.tar"})
    write_file(folder.path() / name, empty_tar);
  CommandLine line;
  line.config_dir = "configs";
  line.overrides = {"dataset=product_shards", "dataset.reader.root=" + folder.path().string(),
                    "hydra.run.dir=" + (folder.path() / "run").string()};
  EXPECT_THAT(testing::message_of([&] { train_command(line, builtin_plugins()); }),
              HasSubstr("sample"));
}

TEST(Misuse, EvalAndTableSayWhatTheyNeed) {
  CommandLine line;
  line.config_dir = "configs";
  EXPECT_THAT(testing::message_of([&] { eval_command(line, builtin_plugins()); }),
              HasSubstr("expected run=FOLDER"));
  EXPECT_THAT(testing::message_of([&] { table_command(line, builtin_plugins()); }),
              HasSubstr("expected runs=FOLDER"));
  line.overrides = {"runs=/nowhere"};
  EXPECT_THAT(testing::message_of([&] { table_command(line, builtin_plugins()); }),
              HasSubstr("holds no finished run"));
  line.overrides = {"run=/nowhere"};
  EXPECT_THAT(testing::message_of([&] { table_command(line, builtin_plugins()); }),
              HasSubstr("did you mean 'runs'?"));
}

}  // namespace
}  // namespace twinset
