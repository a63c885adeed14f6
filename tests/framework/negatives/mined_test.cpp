#include "framework/negatives/mined.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "framework/negatives/mixed.h"
#include "framework/negatives/sample_positive.h"
#include "tests/testing/toy_towers.h"

namespace twinset {
namespace {

using testing::DrawnBatch;
using ::testing::HasSubstr;
using testing::run_step;
using testing::statistic;
using testing::ToyTowers;
using testing::TrainingLabels;

Node index_named(const std::string& name) {
  Node node = Node::map();
  node.set("name", name);
  return node;
}

std::unique_ptr<Negatives> with_mined(const MinedOptions& options,
                                      const NegativesContext& context) {
  MixParts parts;
  parts.sources.emplace_back("mined", make_mined(options, context));
  return make_mix(std::move(parts), context);
}

// The documented rules, one query at a time, by sorting all documents.
std::vector<int64_t> mine_by_definition(const MinedOptions& options, const at::Tensor& query,
                                        const at::Tensor& documents, std::span<const int64_t> truth,
                                        int64_t drawn) {
  const auto cosine = [&](int64_t document) {
    return query.to(at::kDouble).dot(documents[document].to(at::kDouble)).item<double>();
  };
  std::vector<int64_t> order(static_cast<size_t>(documents.size(0)));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return cosine(a) > cosine(b); });
  order.resize(static_cast<size_t>(std::min<int64_t>(options.depth, documents.size(0))));
  std::erase_if(order, [&](int64_t document) {
    return std::find(truth.begin(), truth.end(), document) != truth.end();
  });
  order.erase(order.begin(), order.begin() + std::min<int64_t>(options.skip_top,
                                                               static_cast<int64_t>(order.size())));
  std::erase_if(order, [&](int64_t document) {
    return options.positive_margin > 0 &&
           cosine(document) >= options.positive_margin * cosine(drawn);
  });
  if (static_cast<int64_t>(order.size()) > options.num_per_query)
    order.resize(static_cast<size_t>(options.num_per_query));
  return order;
}

TEST(Mined, FollowsItsRulesWithStaleEmbeddings) {
  const TrainingLabels training(60);
  for (const MinedOptions& options :
       {MinedOptions{.refresh_every = 3},
        MinedOptions{.num_per_query = 3, .refresh_every = 2, .start_step = 4},
        MinedOptions{.num_per_query = 2, .refresh_every = 5, .skip_top = 2, .positive_margin = 0},
        MinedOptions{.num_per_query = 2, .depth = 6, .positive_margin = 0.5}}) {
    ToyTowers towers;
    const auto negatives = with_mined(options, towers.context(training));
    std::map<int64_t, at::Tensor> queries;
    at::Tensor index;
    int64_t refreshed_at = -1, num_mined = 0;
    for (int64_t step = 0; step < 14; ++step) {
      towers.train(static_cast<uint64_t>(step));
      const DrawnBatch batch(training, 8, step, /*independent=*/false);
      const auto drawn = sample_positives(batch.request());
      std::set<int64_t> expected(drawn.begin(), drawn.end());
      expected.erase(-1);
      for (size_t i = 0; i < drawn.size(); ++i) {
        if (drawn[i] < 0 || !index.defined() || queries.count(batch.samples[i]) == 0) continue;
        const auto mined = mine_by_definition(options, queries[batch.samples[i]], index,
                                              batch.labels.row(static_cast<int64_t>(i)), drawn[i]);
        expected.insert(mined.begin(), mined.end());
        num_mined += static_cast<int64_t>(mined.size());
      }
      const Candidates candidates = run_step(*negatives, batch, towers);
      EXPECT_EQ(std::set<int64_t>(candidates.documents.begin(), candidates.documents.end()),
                expected)
          << "step " << step;
      testing::expect_pairs_by_definition(candidates, batch, KnownPositives::kPositive);
      EXPECT_EQ(statistic(candidates, "mined.index_age"),
                refreshed_at < 0 ? 0.0 : static_cast<double>(step - refreshed_at));
      const at::Tensor embedded =
          testing::unit_rows(8, 4, 500 + static_cast<uint64_t>(step)).to(at::kFloat);
      for (size_t i = 0; i < batch.samples.size(); ++i)
        queries[batch.samples[i]] = embedded[static_cast<int64_t>(i)].clone();
      const int64_t finished = step + 1;
      if (finished >= options.start_step &&
          (refreshed_at < 0 || finished - refreshed_at >= options.refresh_every)) {
        index = towers.weights.clone();
        refreshed_at = finished;
      }
    }
    EXPECT_GT(num_mined, 4);
  }
}

TEST(Mined, ItsDocumentsAreEmbeddedWithGradient) {
  const TrainingLabels training(60);
  ToyTowers towers;
  const auto negatives =
      with_mined({.num_per_query = 2, .positive_margin = 0}, towers.context(training));
  run_step(*negatives, DrawnBatch(training, 8, 0, false), towers);
  const DocumentPlan plan = negatives->plan(DrawnBatch(training, 8, 0, false).request());
  EXPECT_GT(statistic(plan.candidates, "share.mined"), 0.0);
  EXPECT_FALSE(plan.remembered.defined());
  EXPECT_EQ(plan.documents, plan.candidates.documents);
}

TEST(Mined, AnApproximateIndexFindsTheSameInASmallVocabulary) {
  const TrainingLabels training(60);
  ToyTowers towers;
  std::map<std::string, std::vector<int64_t>> found;
  for (const char* name : {"exact", "flat", "hnsw"}) {
    const auto negatives =
        with_mined({.num_per_query = 2, .positive_margin = 0, .index = index_named(name)},
                   towers.context(training));
    run_step(*negatives, DrawnBatch(training, 8, 0, false), towers);
    found[name] = negatives->plan(DrawnBatch(training, 8, 0, false).request()).documents;
  }
  EXPECT_EQ(found["exact"], found["flat"]);
  EXPECT_EQ(found["exact"], found["hnsw"]);
}

TEST(Mined, WhatItCannotDoIsTold) {
  const TrainingLabels training;
  const ToyTowers towers;
  const auto message = [&](const MinedOptions& options, const NegativesContext& context,
                           const LogQOptions& log_q = {}) -> std::string {
    try {
      MixParts parts{.sources = {}, .log_q = log_q};
      parts.sources.emplace_back("mined", make_mined(options, context));
      make_mix(std::move(parts), context);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message({}, training.context()), HasSubstr("mined embeds all documents"));
  EXPECT_THAT(message({.depth = 5, .skip_top = 5}, towers.context(training)),
              HasSubstr("negatives.depth: is 5, expected more than skip_top (5)"));
  EXPECT_THAT(message({.index = index_named("hnws")}, towers.context(training)),
              HasSubstr("did you mean 'hnsw'?"));
  EXPECT_THAT(message({}, towers.context(training), {.estimate = "counts"}),
              HasSubstr("is counts, but how likely 'mined' chooses a document is not known "
                        "beforehand; set count_min_sketch"));
  EXPECT_EQ(message({}, towers.context(training), {.estimate = "count_min_sketch"}), "no error");
}

}  // namespace
}  // namespace twinset
