// A teacher's embeddings and relevance weights reach a run's loss.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "framework/core/atomic_file.h"
#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

nlohmann::json last_line(const std::filesystem::path& run) {
  std::istringstream text(read_file(run / "metrics.jsonl"));
  std::string line, last;
  while (std::getline(text, line)) last = line;
  return nlohmann::json::parse(last);
}

class Teacher : public ::testing::Test {
 protected:
  int train(const std::string& name, std::vector<std::string> overrides) {
    overrides.push_back("hydra.run.dir=" + (folder_.path() / name).string());
    return train_command(testing::tiny_line(overrides), builtin_plugins());
  }
  std::string failure(const std::vector<std::string>& overrides) {
    return testing::message_of([&] { train("failing", overrides); });
  }
  void export_teacher() {
    ASSERT_EQ(train("teacher", {"evaluation.export_embeddings=true"}), 0);
    CommandLine eval;
    eval.overrides = {"run=" + (folder_.path() / "teacher").string(), "split=train"};
    ::testing::internal::CaptureStdout();
    ASSERT_EQ(eval_command(eval, builtin_plugins()), 0);
    ::testing::internal::GetCapturedStdout();
  }
  std::filesystem::path embeddings() const { return folder_.path() / "teacher" / "embeddings"; }
  testing::TemporaryFolder folder_;
};

TEST_F(Teacher, EmbeddingsOfARunTeachAnother) {
  export_teacher();
  const std::string teacher = "teacher.embeddings=" + embeddings().string();
  ASSERT_EQ(train("student", {"loss=clip_distillation", teacher, "negatives=in_batch"}), 0);
  EXPECT_GT(last_line(folder_.path() / "student")["distillation.loss"].get<double>(), 0.0);
  // The teacher's own seed and weights at step 0 would be at a cosine of 1; a student with another
  // seed is not.
  ASSERT_EQ(train("mse", {"loss=embedding_mse", teacher, "seed=2"}), 0);
  EXPECT_LT(last_line(folder_.path() / "mse")["teacher_cosine"].get<double>(), 0.9999);
}

TEST_F(Teacher, AMissingProductIsNamed) {
  export_teacher();
  const std::string ids = read_file(embeddings() / "train.ids.txt");
  const std::string first = ids.substr(0, ids.find('\n'));
  std::ofstream(embeddings() / "train.ids.txt") << "another" << ids.substr(first.size());
  EXPECT_THAT(
      failure({"loss=cwcl", "teacher.embeddings=" + embeddings().string()}),
      ::testing::AllOf(
          HasSubstr("train.ids.txt: lacks 1 of "),
          HasSubstr(fmt::format(
              " training products, the first is '{}', expected every one; export them:", first))));
}

TEST_F(Teacher, ALossThatNeedsOneSaysWhereToGetIt) {
  EXPECT_THAT(failure({"loss=distillation"}),
              HasSubstr("distillation: the candidates carry no teacher's embeddings of the "
                        "queries; set teacher.embeddings"));
}

TEST_F(Teacher, WeightsOfPairsReachTheLoss) {
  ASSERT_EQ(train("plain", {"loss=soft_target"}), 0);
  const auto vocabulary =
      nlohmann::json::parse(read_file(folder_.path() / "plain" / "vocabulary.json"));
  const std::string phrase = vocabulary.at("phrases").at(0);
  std::ofstream table(folder_.path() / "weights.tsv");
  const std::string ids = [&] {
    EXPECT_EQ(train("ids", {"evaluation.export_embeddings=true", "trainer.num_steps=1"}), 0);
    CommandLine eval;
    eval.overrides = {"run=" + (folder_.path() / "ids").string(), "split=train"};
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(eval_command(eval, builtin_plugins()), 0);
    ::testing::internal::GetCapturedStdout();
    return read_file(folder_.path() / "ids" / "embeddings" / "train.ids.txt");
  }();
  std::istringstream lines(ids);
  for (std::string id; std::getline(lines, id);) table << id << '\t' << phrase << "\t0.05\n";
  table.close();
  const std::string weights =
      "teacher.positive_weights=" + (folder_.path() / "weights.tsv").string();
  ASSERT_EQ(train("weighted", {"loss=soft_target", weights}), 0);
  EXPECT_NE(last_line(folder_.path() / "plain")["loss"],
            last_line(folder_.path() / "weighted")["loss"]);
  ASSERT_EQ(train("gcl", {"loss=gcl", weights}), 0);

  std::ofstream(folder_.path() / "weights.tsv") << "a\tb\t1\na\tb\n";
  EXPECT_THAT(failure({"loss=gcl", weights}),
              HasSubstr("weights.tsv:2: is 'a\tb', expected product id<TAB>phrase<TAB>weight, with "
                        "a weight above 0"));
}

}  // namespace
}  // namespace twinset
