// Sources that remember nothing: uniform and same family, alone and mixed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "framework/negatives/builtin.h"
#include "framework/negatives/in_batch.h"
#include "framework/negatives/mixed.h"
#include "framework/negatives/same_family.h"
#include "framework/negatives/uniform.h"
#include "tests/testing/training_labels.h"

namespace twinset {
namespace {

using testing::DrawnBatch;
using ::testing::HasSubstr;
using testing::statistic;
using testing::TrainingLabels;

Node mixed_node(const std::string& known_positives, const std::string& estimate = "none") {
  Node uniform = Node::map(), family = Node::map(), log_q = Node::map(), node = Node::map();
  uniform.set("name", "uniform");
  uniform.set("num_samples", int64_t{5});
  family.set("name", "same_family");
  family.set("num_per_query", int64_t{2});
  log_q.set("estimate", estimate);
  node.set("name", "mixed");
  node.set("sources", Node(Node::List{family, uniform}));
  node.set("known_positives", known_positives);
  node.set("log_q", log_q);
  return node;
}

std::unique_ptr<Negatives> create(const Node& node, const NegativesContext& context) {
  NegativesRegistry registry("negatives");
  register_builtin_negatives(registry);
  return registry.create(node, context);
}

TEST(Mixed, EveryPairIsWhatTheLabelTableSays) {
  const TrainingLabels training;
  for (const char* known : {"positive", "excluded"}) {
    const auto negatives = create(mixed_node(known), training.context());
    for (int64_t number = 0; number < 5; ++number) {
      const DrawnBatch batch(training, 12, number);
      const DocumentPlan plan = negatives->plan(batch.request());
      EXPECT_EQ(plan.documents, plan.candidates.documents) << "nothing is remembered";
      EXPECT_TRUE(std::is_sorted(plan.documents.begin(), plan.documents.end()));
      testing::expect_pairs_by_definition(plan.candidates, batch, parse_known_positives(known));
    }
  }
}

TEST(Mixed, StatisticsSayWhereColumnsComeFrom) {
  const TrainingLabels training;
  const DrawnBatch batch(training, 12, 1);
  const auto in_batch = make_in_batch({}, training.context());
  const auto mixed = create(mixed_node("positive"), training.context());
  const auto drawn = in_batch->plan(batch.request()).documents;
  const Candidates candidates = mixed->plan(batch.request()).candidates;
  const auto columns = static_cast<double>(candidates.documents.size());
  EXPECT_GT(columns, static_cast<double>(drawn.size()));
  EXPECT_DOUBLE_EQ(statistic(candidates, "share.in_batch"),
                   static_cast<double>(drawn.size()) / columns);
  EXPECT_NEAR(statistic(candidates, "share.in_batch") + statistic(candidates, "share.same_family") +
                  statistic(candidates, "share.uniform"),
              1.0, 1e-12);
  const auto num_drawn = std::count_if(candidates.targets.begin(), candidates.targets.end(),
                                       [](int64_t t) { return t >= 0; });
  const double proposed = static_cast<double>(num_drawn) +
                          statistic(candidates, "same_family.drawn_per_query") * 12 + 5;
  EXPECT_DOUBLE_EQ(statistic(candidates, "merged"), proposed - columns);
  EXPECT_DOUBLE_EQ(statistic(candidates, "masked_per_query"),
                   static_cast<double>(candidates.positives.num_pairs() - num_drawn) / 12);
}

TEST(Mixed, WithoutSourcesIsInBatch) {
  const TrainingLabels training;
  const DrawnBatch batch(training, 20, 2);
  const auto mixed = make_mixed({}, training.context())->plan(batch.request());
  const auto in_batch = make_in_batch({}, training.context())->plan(batch.request());
  EXPECT_EQ(mixed.documents, in_batch.documents);
  EXPECT_EQ(mixed.candidates.positives.columns, in_batch.candidates.positives.columns);
  EXPECT_EQ(mixed.candidates.targets, in_batch.candidates.targets);
}

TEST(Mixed, WrongSourcesAreTold) {
  const TrainingLabels training;
  const auto message = [&](std::vector<std::string> names) -> std::string {
    Node node = mixed_node("positive");
    Node::List sources;
    for (const auto& name : names) {
      sources.push_back(Node::map());
      sources.back().set("name", name);
    }
    node.set("sources", Node(sources));
    try {
      create(node, training.context());
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message({"unifrom"}),
              HasSubstr("negatives.sources[0].name: unknown negatives source 'unifrom'"));
  EXPECT_THAT(message({"uniform", "unifrom"}), HasSubstr("negatives.sources[1].name: unknown"));
  EXPECT_THAT(message({"unifrom"}), HasSubstr("did you mean 'uniform'?"));
  EXPECT_THAT(message({"uniform", "uniform"}),
              HasSubstr("names 'uniform' twice, expected each source once"));
  NegativesRegistry registry("negatives");
  register_builtin_negatives(registry);
  Node node = mixed_node("positive");
  node.find("sources")->as_list()[1].set("num_sample", int64_t{3});
  try {
    registry.check(node);
    ADD_FAILURE() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("num_sample")) << "told before anything runs";
  }
}

TEST(Uniform, EveryDocumentEquallyOftenAnewEachStep) {
  const TrainingLabels training;
  const auto source = make_uniform({.num_samples = 7}, training.context());
  std::vector<double> counts(20);
  const int steps = 4000;
  for (int64_t step = 0; step < steps; ++step) {
    for (int64_t document : source->propose({.seed = 3, .step = step}, {}).documents)
      ++counts[static_cast<size_t>(document)];
  }
  double chi_square = 0;
  const double expected = steps * 7.0 / 20;
  for (double count : counts) chi_square += (count - expected) * (count - expected) / expected;
  // Without replacement the statistic is smaller than with 19 degrees of freedom, which pass 60
  // with probability 4e-6.
  EXPECT_LT(chi_square, 60.0);
  EXPECT_GT(chi_square, 1.0) << "as random, not as balanced";
  EXPECT_DOUBLE_EQ(source->law(3).per_step, 0.35);
  EXPECT_EQ(make_uniform({.num_samples = 99}, training.context())
                ->propose({.seed = 3}, {})
                .documents.size(),
            20u);
  EXPECT_EQ(make_uniform({.num_samples = 99}, training.context())->law(0).per_step, 1.0);
}

TEST(SameFamily, DrawsOtherDocumentsOfTheFamilyThatAreNotTrue) {
  const TrainingLabels training;
  const auto source = make_same_family({.num_per_query = 3}, training.context());
  for (int64_t number = 0; number < 30; ++number) {
    const DrawnBatch batch(training, 1, number);  // one query: its draws alone
    const auto labels = batch.labels.row(0);
    const int64_t drawn = labels.empty() ? -1 : labels[static_cast<size_t>(number) % labels.size()];
    const auto documents = source->propose(batch.request(), {drawn}).documents;
    const bool is_exclusive = drawn >= 0 && drawn < 15;
    EXPECT_EQ(documents.size(), is_exclusive ? 3u : 0u) << "occasions are not exclusive";
    EXPECT_EQ(std::set<int64_t>(documents.begin(), documents.end()).size(), documents.size());
    for (int64_t document : documents) {
      EXPECT_EQ(training.families[static_cast<size_t>(document)],
                training.families[static_cast<size_t>(drawn)]);
      EXPECT_FALSE(batch.is_true(0, document));
    }
  }
}

TEST(SameFamily, DrawsUniformlyAmongThem) {
  // Documents 0 to 5 are a family; the query has 1 and 4 (the other queries make the family
  // exclusive enough).
  const TrainingLabels training;
  SparsePairs labels{.num_columns = 20};
  std::vector<int64_t> samples, drawn;
  const int rows = 8000;
  for (int64_t i = 0; i < rows; ++i) {
    labels.add_row(std::vector<int64_t>{1, 4});
    samples.push_back(i);
    drawn.push_back(4);
  }
  const auto documents = make_same_family({}, training.context())
                             ->propose({.labels = &labels, .samples = &samples, .seed = 3}, drawn)
                             .documents;
  std::map<int64_t, double> counts;
  for (int64_t document : documents) ++counts[document];
  ASSERT_EQ(counts.size(), 4u);
  double chi_square = 0;
  for (int64_t document : {0, 2, 3, 5})
    chi_square += (counts[document] - rows / 4.0) * (counts[document] - rows / 4.0) / (rows / 4.0);
  EXPECT_LT(chi_square, 30.0) << "3 degrees of freedom: with probability 1.4e-6";
}

TEST(SameFamily, WithoutAnExclusiveFamilyItIsTold) {
  const TrainingLabels training;
  NegativesContext context = training.context();
  context.document_families.assign(20, 0);
  try {
    make_same_family({}, context);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("negatives.exclusive_share: no attribute family is "
                                        "exclusive at 0.95, expected at most 0.0000"));
  }
  EXPECT_THROW(make_same_family({}, {.num_documents = 20}), ConfigError);
}

}  // namespace
}  // namespace twinset
