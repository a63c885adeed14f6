#include "experiments/pinlanding/curate/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;

class ReviewTest : public ::testing::Test {
 protected:
  Decisions read(const std::string& text) {
    write_file(file_, text);
    return read_review(file_);
  }
  std::string message(const std::string& text) {
    try {
      read(text);
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }
  const std::string header_ = "family\tphrase\tcount\tproposal\tevidence\tdecision\tjudge\n";
  twinset::testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "review.tsv";
};

TEST_F(ReviewTest, ReadsWhatItWrites) {
  const std::string text =
      review_text({{{"colour", "jet black"}, 12, "black", "context 0.90", "accept", ""},
                   {{"colour", "black"}, 99, "black", "", "", "reject"},
                   {{"colour", "ink"}, 9, "navy", "synonyms 1.00", "map to Blue Black", ""},
                   {{"colour", "insoles"}, 9, "insoles", "", "reject", ""}});
  const Decisions decisions = read(text);
  ASSERT_EQ(decisions.size(), 3u);
  EXPECT_EQ(decisions.at({"colour", "jet black"}).target, "black");
  EXPECT_EQ(decision_text(decisions.at({"colour", "ink"})), "map to blue black");
  EXPECT_EQ(decisions.at({"colour", "insoles"}).kind, Decision::Kind::kReject);
  EXPECT_TRUE(read_review(folder_.path() / "none.tsv").empty());
}

TEST_F(ReviewTest, SaysWhatIsWrong) {
  EXPECT_THAT(message("a\tb\n"), HasSubstr("review.tsv:1: the header is 'a\tb'"));
  EXPECT_THAT(message(header_ + "colour\tink\t1\tink\t\tyes\t\n"),
              HasSubstr("review.tsv:2: the decision is 'yes', expected nothing, 'accept'"));
  EXPECT_THAT(message(header_ + "colour\tink\t1\n"), HasSubstr("has 3 cells"));
  EXPECT_THAT(message(header_ + "c\tink\t1\tink\t\treject\t\nc\tink\t1\tink\t\treject\t\n"),
              HasSubstr("has a second row"));
}

TEST_F(ReviewTest, DecisionsOverruleProposalsToTheEnd) {
  const std::map<PhraseKey, std::string> proposals = {{{"c", "ink"}, "navy"},
                                                      {{"c", "navy"}, "navy"},
                                                      {{"c", "blue"}, "blue"},
                                                      {{"c", "aqua"}, "blue"}};
  Decisions decisions;
  EXPECT_EQ(resolve("c", "ink", proposals, decisions), "navy");
  decisions[{"c", "navy"}] = {Decision::Kind::kMap, "blue"};
  EXPECT_EQ(resolve("c", "ink", proposals, decisions), "blue")
      << "what was merged into a phrase follows it";
  EXPECT_THROW(resolve("c", "ink", proposals,
                       {{{"c", "ink"}, {Decision::Kind::kMap, "blue"}},
                        {{"c", "blue"}, {Decision::Kind::kMap, "ink"}}}),
               DataError);
  EXPECT_EQ(resolve("c", "ink", proposals, {{{"c", "ink"}, {Decision::Kind::kMap, "aqua"}}}),
            "aqua")
      << "a target is a value";
  EXPECT_EQ(resolve("c", "ink", proposals, {{{"c", "ink"}, {Decision::Kind::kMap, "ink"}}}), "ink");
  decisions.erase({"c", "navy"});
  EXPECT_EQ(resolve("c", "navy", proposals, decisions), "navy");
  decisions[{"c", "ink"}] = {Decision::Kind::kMap, "blue"};
  EXPECT_EQ(resolve("c", "ink", proposals, decisions), "blue");
  decisions[{"c", "blue"}] = {Decision::Kind::kReject, ""};
  EXPECT_EQ(resolve("c", "aqua", proposals, decisions), std::nullopt);
}

TEST_F(ReviewTest, ReadsAJudgesAnswers) {
  write_file(file_,
             "{\"family\": \"c\", \"phrase\": \"Jet Black\", \"decision\": \"map to black\"}\n");
  EXPECT_EQ(read_judge_answers(file_).at({"c", "jet black"}).target, "black");
  write_file(file_, "{\"family\": \"c\", \"phrase\": \"Jet Black\"}\n");
  EXPECT_THROW(read_judge_answers(file_), DataError);
}

}  // namespace
}  // namespace twinset::pinlanding
