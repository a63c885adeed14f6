// Against ranx and pytrec_eval (golden/, made by make_golden.py), naive definitions, and cases by
// hand.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "eval/ranking/score_run.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/random.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const std::filesystem::path kGolden = "tests/eval/ranking/golden";

void expect_equal(const char* peer, const char* run_file, const ScoreRunOptions& options) {
  const auto answers = nlohmann::json::parse(std::ifstream(kGolden / "answers.json")).at(peer);
  const TrecTable run = read_trec_run(kGolden / run_file),
                  judgments = read_trec_judgments(kGolden / "judgments.trec");
  std::vector<std::string> names;
  for (const auto& [name, values] : answers.items()) names.push_back(name);
  for (const QueryValues& result : score_run(run, judgments, names, options)) {
    const auto& expected = answers.at(result.metric);
    EXPECT_EQ(result.queries.size(), expected.size()) << result.metric;
    for (size_t i = 0; i < result.queries.size(); ++i) {
      EXPECT_NEAR(result.values[i], expected.at(result.queries[i]).get<double>(), 1e-12)
          << result.metric << " of " << result.queries[i];
    }
  }
}

TEST(ScoreRun, EqualsPytrecEvalTiesIncluded) {
  expect_equal("pytrec_eval", "run.trec", {.missing = "skip"});
}

TEST(ScoreRun, EqualsRanxForTiesAsListed) {
  expect_equal("ranx", "run_ordered.trec", {.ties = "as_listed"});
}

double value_of(const std::string& metric, const std::vector<int32_t>& grades,
                std::vector<int32_t> judged) {
  std::sort(judged.begin(), judged.end(), std::greater<>());
  return evaluate_metric(parse_ranking_metric(metric), {grades, judged});
}

TEST(RankingMetric, HasTheValueWorkedOutByHand) {
  const std::vector<int32_t> grades = {0, 2, kUnjudged, 1},
                             judged = {0, 2, 1, 3, 0};  // grade 3 was not retrieved
  EXPECT_DOUBLE_EQ(value_of("hit@1", grades, judged), 0.0);
  EXPECT_DOUBLE_EQ(value_of("hit@2", grades, judged), 1.0);
  EXPECT_DOUBLE_EQ(value_of("precision@8", grades, judged), 2.0 / 8);
  EXPECT_DOUBLE_EQ(value_of("recall@2", grades, judged), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value_of("r_precision", grades, judged), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value_of("mrr", grades, judged), 0.5);
  EXPECT_DOUBLE_EQ(value_of("mrr@1", grades, judged), 0.0);
  EXPECT_DOUBLE_EQ(value_of("map", grades, judged), (1.0 / 2 + 2.0 / 4) / 3);
  EXPECT_DOUBLE_EQ(value_of("map-l2", grades, judged), (1.0 / 2) / 2);
  EXPECT_DOUBLE_EQ(value_of("dcg@2", grades, judged), 2 / std::log2(3.0));
  EXPECT_DOUBLE_EQ(value_of("ndcg@2", grades, judged),
                   (2 / std::log2(3.0)) / (3 + 2 / std::log2(3.0)));
  EXPECT_DOUBLE_EQ(value_of("ndcg_burges@2", grades, judged),
                   (3 / std::log2(3.0)) / (7 + 3 / std::log2(3.0)));
  EXPECT_DOUBLE_EQ(value_of("bpref", grades, judged), (2 * (1 - 1.0 / 2)) / 3);
  EXPECT_DOUBLE_EQ(value_of("rbp.5", grades, judged), 0.5 * (2 * 0.5 + 1 * 0.125));
  // Pairs (relevant, other): the retrieved 0 beats all; 2 and 1 beat the one that was not
  // retrieved, with which 3 ties.
  EXPECT_DOUBLE_EQ(value_of("auc", grades, judged), (0 + 1 + 1 + 0.5) / 6);
}

TEST(RankingMetric, IsZeroWhereNothingIsRelevantOrRetrieved) {
  for (const std::string& name : ranking_metric_names()) {
    EXPECT_EQ(value_of(name, {0, kUnjudged}, {0, 0}), 0.0) << name;
    if (name != "auc") {
      EXPECT_EQ(value_of(name, {}, {1, 0}), 0.0) << name;
    }
    EXPECT_EQ(value_of(name, {}, {}), 0.0) << name;
  }
}

TEST(RankingMetric, OfTheIdealListIsOne) {
  for (const char* name : {"hit@1", "ndcg", "ndcg@3", "ndcg_burges", "map", "mrr", "recall",
                           "r_precision", "bpref", "auc"}) {
    EXPECT_DOUBLE_EQ(value_of(name, {3, 2, 1, 0}, {0, 1, 2, 3}), 1.0) << name;
  }
}

TEST(RankingMetric, AucIsTheShareOfOrderedPairs) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    CounterRandom random({.seed = seed, .purpose = "grades"});
    std::vector<int32_t> grades;
    for (int i = 0; i < 30; ++i) grades.push_back(static_cast<int32_t>(random.below(3)));
    double ordered = 0.0, pairs = 0.0;
    for (size_t i = 0; i < grades.size(); ++i) {
      for (size_t j = 0; j < grades.size(); ++j) {
        if (grades[i] < 1 || grades[j] >= 1) continue;
        pairs += 1;
        ordered += i < j;
      }
    }
    EXPECT_NEAR(value_of("auc", grades, grades), ordered / pairs, 1e-12);
  }
}

TEST(RankingMetric, NamesAreReadStrictly) {
  EXPECT_EQ(parse_ranking_metric("ndcg@10-l2").cut, 10);
  EXPECT_EQ(parse_ranking_metric("ndcg@10-l2").least_grade, 2);
  EXPECT_DOUBLE_EQ(parse_ranking_metric("rbp.95").persistence, 0.95);
  EXPECT_THAT([] { parse_ranking_metric("ndgc@10"); },
              ThrowsMessage<ConfigError>(HasSubstr("did you mean 'ndcg'?")));
  for (const char* wrong : {"ndcg@", "ndcg@0", "ndcg@x", "map-l", "recall@1.5"}) {
    EXPECT_THAT([&] { parse_ranking_metric(wrong); },
                ThrowsMessage<ConfigError>(HasSubstr("expected a whole number from 1")))
        << wrong;
  }
}

class TrecFile : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& content) {
    const auto file = folder_.path() / "file.trec";
    write_file(file, content);
    return file;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(TrecFile, AnyWhiteSpaceSeparatesAndTheLastLineMayLackItsEnd) {
  const TrecTable run =
      read_trec_run(write("a Q0 d1 1 0.5 t\r\n\n b\tQ0  d2 1\t-1e3 t\na Q0 d3 2 +.25"));
  ASSERT_EQ(run.queries().size(), 2u);
  EXPECT_EQ(run.queries()[0].id, "a");
  EXPECT_EQ(run.queries()[0].entries.size(), 2u);  // the query comes back after another
  EXPECT_EQ(run.queries()[0].entries[1].value, 0.25);
  EXPECT_EQ(run.queries()[1].entries[0].document, "d2");
  EXPECT_EQ(run.queries()[1].entries[0].value, -1000.0);
}

TEST_F(TrecFile, ProblemsAreNamedByLine) {
  const auto message = [&](const std::string& content, bool judgments) {
    try {
      const auto file = write(content);
      judgments ? read_trec_judgments(file) : read_trec_run(file);
    } catch (const DataError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(message("a Q0 d 1 1 t\na Q0 d2 2\n", false),
              HasSubstr("file.trec:2: has 4 fields, expected 'query Q0 document rank score tag'"));
  EXPECT_THAT(message("a Q0 d 1 high t\n", false), HasSubstr("file.trec:1: has the score 'high'"));
  EXPECT_THAT(message("a Q0 d 1 nan t\n", false), HasSubstr("has the score 'nan'"));
  EXPECT_THAT(message("a 0 d 1\na 0 d2 1.5\n", true),
              HasSubstr("file.trec:2: has the grade '1.5'"));
  EXPECT_THAT(message("\n", true), HasSubstr("is empty"));
  EXPECT_THAT([] { read_trec_run("no/such/file"); },
              ThrowsMessage<DataError>(HasSubstr("no/such/file: can't be read")));
}

TEST_F(TrecFile, IsTheSameForAnyNumberOfThreads) {
  std::string text;  // several chunks of 4 MiB
  for (int q = 0; q < 3000; ++q) {
    for (int d = 0; d < 100; ++d)
      text += "query" + std::to_string(q) + " Q0 document" + std::to_string(d) + " 1 " +
              std::to_string(d * 7 % 100) + " t\n";
  }
  ASSERT_GT(text.size(), size_t{8} << 20);
  const auto file = write(text);
  const TrecTable one = read_trec_run(file, 1), three = read_trec_run(file, 3);
  EXPECT_EQ(one.num_entries(), 300000);
  ASSERT_EQ(one.queries().size(), 3000u);
  for (size_t q = 0; q < 3000; ++q) {
    ASSERT_EQ(three.queries()[q].id, "query" + std::to_string(q));
    ASSERT_EQ(one.queries()[q].entries.size(), 100u);
    ASSERT_EQ(three.queries()[q].entries.size(), 100u);
  }
}

TEST_F(TrecFile, WhatIsWrittenIsReadBack) {
  const auto file = folder_.path() / "out.trec";
  write_trec_run(file, {{"q", {"a", "b"}, {0.1, 1.0 / 3}}, {"r", {"a"}, {-2}}}, "mine");
  EXPECT_EQ(read_file(file).substr(0, 17), "q Q0 a 1 0.1 mine");
  const TrecTable run = read_trec_run(file);
  EXPECT_EQ(run.queries()[0].entries[1].value, 1.0 / 3);
  write_trec_judgments(file, {{"q", {"a", "b"}, {0, 3}}});
  EXPECT_EQ(read_trec_judgments(file).queries()[0].entries[1].value, 3.0);
  EXPECT_THAT(
      [&] {
        write_trec_run(file, {{"two words", {"a"}, {1}}}, "t");
      },
      ThrowsMessage<DataError>(HasSubstr("the id 'two words'")));
}

TEST_F(TrecFile, ADocumentCountsOnceAQuery) {
  const auto file = write("a Q0 d 1 2 t\na Q0 e 2 1 t\na Q0 d 3 0 t\n");
  const TrecTable twice = read_trec_run(file);
  const auto judgments = folder_.path() / "judgments.trec";
  write_file(judgments, "a 0 d 1\na 0 x 1\na 0 x 0\n");
  const TrecTable judged = read_trec_judgments(judgments);
  EXPECT_THAT([&] { score_run(twice, judged, {"map"}); },
              ThrowsMessage<DataError>(HasSubstr("document 'd' occurs twice for query 'a'")));
  const auto once = folder_.path() / "once.trec";
  write_file(once, "a Q0 d 1 2 t\n");
  EXPECT_THAT([&] { score_run(read_trec_run(once), judged, {"map"}); },
              ThrowsMessage<DataError>(HasSubstr("document 'x' occurs twice for query 'a'")));
  write_file(once, "b Q0 d 1 2 t\n");
  EXPECT_THAT([&] { score_run(read_trec_run(once), judged, {"map"}); },
              ThrowsMessage<DataError>(HasSubstr("none of the 1 judged queries is in the run")));
}

}  // namespace
}  // namespace twinset
