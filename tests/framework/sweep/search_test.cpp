#include "framework/sweep/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "framework/core/atomic_file.h"
#include "framework/sweep/ask_tell.h"
#include "framework/sweep/random_search.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

SearchContext context_of(const std::vector<std::string>& overrides,
                         const std::filesystem::path& folder = {}) {
  return {.axes = sweep_axes({.overrides = overrides, .options = nullptr}), .folder = folder};
}

std::unique_ptr<Search> make_search(const Json& node, const SearchContext& context) {
  SearchRegistry searches("search");
  register_builtin_searches(searches);
  return searches.create(from_json(node), context);
}

std::vector<std::vector<std::string>> all_jobs(Search& search) {
  std::vector<std::vector<std::string>> jobs;
  for (Proposal proposal;
       (proposal = search.ask(static_cast<int64_t>(jobs.size()))).kind == Proposal::Kind::kJob;)
    jobs.push_back(proposal.overrides);
  return jobs;
}

double value_of(const std::string& text) { return std::stod(text.substr(text.find('=') + 1)); }

TEST(GridSearch, IsTheSweepWrittenOut) {
  const std::vector<std::string> overrides = {"loss=a,b", "zip(x=1,2 y=3,4)", "seed=range(3)"};
  EXPECT_EQ(all_jobs(*make_search({{"name", "grid"}}, context_of(overrides))),
            expand_sweep({.overrides = overrides, .options = nullptr}));
  EXPECT_THROW(make_search({{"name", "grid"}}, context_of({"lr=interval(0.1,1.0)"})), ConfigError);
}

TEST(RandomSearch, DrawsUniformlyFromPointsIntervalsAndLogarithms) {
  const Json options = {{"name", "random"}, {"num_jobs", 6000}, {"seed", 4}};
  const auto jobs = all_jobs(*make_search(
      options, context_of({"kind=a,b,c", "n=int(interval(2,5))", "x=interval(-1.0,3.0)",
                           "lr=tag(log,interval(1e-4,1.0))", "fixed=7"})));
  ASSERT_EQ(jobs.size(), 6000u);
  std::map<std::string, int> kinds, wholes;
  double sum_x = 0, sum_log = 0;
  for (const auto& job : jobs) {
    ASSERT_EQ(job.size(), 5u);
    ++kinds[job[0]];
    ++wholes[job[1]];
    sum_x += value_of(job[2]);
    sum_log += std::log10(value_of(job[3]));
    EXPECT_GE(value_of(job[2]), -1);
    EXPECT_LE(value_of(job[2]), 3);
    EXPECT_GE(value_of(job[3]), 1e-4);
    EXPECT_LE(value_of(job[3]), 1.0);
    EXPECT_EQ(job[4], "fixed=7");
  }
  // Six standard deviations of the count of a fair draw, and of the means.
  for (const auto& [kind, count] : kinds)
    EXPECT_NEAR(count, 2000, 6 * std::sqrt(6000 * 2.0 / 9)) << kind;
  EXPECT_EQ(wholes.size(), 4u) << "both ends are included";
  for (const auto& [whole, count] : wholes)
    EXPECT_NEAR(count, 1500, 6 * std::sqrt(6000 * 3.0 / 16)) << whole;
  EXPECT_NEAR(sum_x / 6000, 1.0, 6 * 4 / std::sqrt(12.0 * 6000));
  EXPECT_NEAR(sum_log / 6000, -2.0, 6 * 4 / std::sqrt(12.0 * 6000));
}

TEST(RandomSearch, MoreJobsExtendFewerAndAnotherAxisChangesNothing) {
  const auto jobs = [](int64_t count, int64_t seed, std::vector<std::string> overrides) {
    return all_jobs(*make_search({{"name", "random"}, {"num_jobs", count}, {"seed", seed}},
                                 context_of(overrides)));
  };
  const auto few = jobs(5, 1, {"x=interval(0.0,1.0)"}),
             many = jobs(9, 1, {"y=interval(0.0,1.0)", "x=interval(0.0,1.0)"});
  for (size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i][0], many[i][1]);
  EXPECT_NE(few, jobs(5, 2, {"x=interval(0.0,1.0)"}));
}

TEST(RandomSearch, AnIntervalThatIsNoneIsTold) {
  EXPECT_THROW(make_search({{"name", "random"}}, context_of({"x=interval(2.0,1.0)"})), ConfigError);
  EXPECT_THROW(make_search({{"name", "random"}}, context_of({"x=tag(log,interval(0.0,1.0))"})),
               ConfigError);
}

std::vector<Json> lines_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<Json> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
  return lines;
}

void append(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::app) << text;
}

JobRecord ended(int64_t number, JobState state, const Json& result) {
  JobRecord record;
  record.number = number;
  record.state = state;
  record.result = result;
  record.job.overrides = {"x=0.5"};
  return record;
}

TEST(AskTell, AsksOnceWaitsForTheAnswerAndTellsTheValue) {
  const testing::TemporaryFolder folder;
  const Json options = {{"name", "ask_tell"}, {"num_jobs", 3}, {"metric", "val.map.k"}};
  const SearchContext context =
      context_of({"x=tag(log,interval(0.1,1.0))", "zip(a=1,2 b=3,4)"}, folder.path());
  const auto requests = folder.path() / "search" / "requests.jsonl",
             answers = folder.path() / "search" / "answers.jsonl";
  {
    const auto search = make_search(options, context);
    EXPECT_TRUE(search->is_adaptive());
    EXPECT_EQ(search->ask(0).kind, Proposal::Kind::kWait);
    EXPECT_EQ(search->ask(0).kind, Proposal::Kind::kWait);
    append(answers, R"({"job": 0, "overrides": ["x=0.)");
    EXPECT_EQ(search->ask(0).kind, Proposal::Kind::kWait)
        << "a line without its end does not count";
    append(answers, "5\"]}\n");
    EXPECT_THAT(search->ask(0).overrides, ElementsAre("x=0.5"));
    search->tell(ended(0, JobState::kComplete, {{"val", {{"map.k", 0.25}}}}));
    EXPECT_EQ(search->ask(1).kind, Proposal::Kind::kWait);
  }
  EXPECT_EQ(
      lines_of(requests),
      (std::vector<Json>{
          Json::parse(
              R"({"protocol": 1, "metric": "val.map.k", "direction": "maximize", "axes": [{"keys": ["x"], "low": 0.1, "high": 1.0, "whole": false, "log": true},
                                {"keys": ["a", "b"], "points": [["a=1", "b=3"], ["a=2", "b=4"]]}]})"),
          Json::parse(R"({"ask": 0})"),
          Json::parse(R"({"tell": 0, "state": "complete", "value": 0.25, "overrides": ["x=0.5"]})"),
          Json::parse(R"({"ask": 1})"), Json::parse(R"({"end": true})")}));
  append(requests, R"({"tell": 7, "sta)");  // kill -9 in the middle of a line
  const auto search = make_search(options, context);
  EXPECT_THAT(search->ask(0).overrides, ElementsAre("x=0.5"));
  search->tell(ended(0, JobState::kComplete, {{"val", {{"map.k", 0.25}}}}));
  search->tell(ended(1, JobState::kFailed, nullptr));
  EXPECT_EQ(search->ask(1).kind, Proposal::Kind::kWait) << "asked already";
  EXPECT_EQ(lines_of(requests).size(), 6u) << "nothing is asked or told twice";
  EXPECT_TRUE(lines_of(requests).back()["value"].is_null());
  EXPECT_EQ(search->ask(3).kind, Proposal::Kind::kDone) << "num_jobs is the bound";
  append(answers, "{\"done\": true}\n");
  EXPECT_EQ(search->ask(2).kind, Proposal::Kind::kDone);
}

TEST(AskTell, WhatIsWrongIsTold) {
  const testing::TemporaryFolder folder;
  const Json options = {{"name", "ask_tell"}, {"metric", "val.map"}};
  EXPECT_THROW(make_search({{"name", "ask_tell"}}, context_of({"x=1,2"}, folder.path())),
               ConfigError);
  const auto search = make_search(options, context_of({"x=1,2"}, folder.path()));
  EXPECT_THROW(search->tell(ended(0, JobState::kComplete, {{"val", {{"loss", 1.0}}}})), ConfigError)
      << "no such metric";
  search->ask(1);
  append(folder.path() / "search" / "answers.jsonl", "{\"job\": \"one\"}\n");
  EXPECT_THROW(search->ask(1), DataError);
  const testing::TemporaryFolder other;
  Json with_command = options;
  with_command["command"] = {"false"};
  const auto ending = make_search(with_command, context_of({"x=1,2"}, other.path()));
  EXPECT_THROW(while (true) ending->ask(0), SystemError) << "the program ended without an answer";
}

TEST(AskTell, FindsMetricsWhoseNamesHoldDots) {
  const Json result = {{"test", {{"a.b", 1.5}, {"a", {{"c", 2}}}}}, {"test.x", 3}};
  EXPECT_EQ(find_metric(result, "test.a.b"), 1.5);
  EXPECT_EQ(find_metric(result, "test.a.c"), 2);
  EXPECT_EQ(find_metric(result, "test.x"), 3);
  EXPECT_EQ(find_metric(result, "test"), std::nullopt);
  EXPECT_EQ(find_metric(nullptr, "test"), std::nullopt);
}

}  // namespace
}  // namespace twinset
