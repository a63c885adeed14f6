// W ranks against one process with the whole batch, in float64: every registered loss, every
// registered negative strategy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "framework/checkpoints/safetensors.h"
#include "framework/config/compose.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/distributed/gather_rows.h"
#include "framework/losses/builtin.h"
#include "framework/losses/info_nce.h"
#include "framework/losses/sup_con.h"
#include "framework/negatives/builtin.h"
#include "framework/negatives/in_batch.h"
#include "framework/optim/adamw.h"
#include "framework/optim/parameter_groups.h"
#include "framework/trainer/trainer.h"
#include "tests/framework/trainer/toy_step.h"
#include "tests/testing/ranks.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using testing::expect_equal_gradients;
using testing::join_ranks;
using testing::run_as_ranks;
using testing::ToyStep;

/// The options of every choice of a group, as the program composes them; checks that every
/// registered name is among them.
template <class R>
std::vector<std::pair<std::string, Node>> choices_of(const std::string& group, const R& registry) {
  std::vector<std::pair<std::string, Node>> choices;
  std::set<std::string> covered;
  for (const auto& entry : std::filesystem::directory_iterator("configs/" + group)) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string choice = entry.path().stem().string();
    choices.emplace_back(choice, compose({.config_dir = "configs",
                                          .config_name = "config",
                                          .overrides = {group + "=" + choice},
                                          .resolve = true})
                                     .config.at(group));
    covered.insert(choices.back().second.at("name").as_string());
  }
  std::sort(choices.begin(), choices.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const std::string& name : registry.names())
    EXPECT_TRUE(covered.count(name)) << group << " " << name << " has no config";
  return choices;
}

// Three steps, of batches that no number of ranks divides, the last smaller than the ranks' chunks.
void expect_ranks_equal_one_process(
    Communicator& ranks, const std::string& what,
    const std::function<std::unique_ptr<Loss>()>& make_loss,
    const std::function<std::unique_ptr<Negatives>(const NegativesContext&)>& make_negatives) {
  ToyStep toy;
  const auto loss = make_loss();
  const auto whole_negatives = make_negatives(toy.context()),
             cut_negatives = make_negatives(toy.context());
  toy.to_double(*loss);
  ContrastiveParts whole_parts = toy.parts(*whole_negatives, *loss),
                   cut_parts = toy.parts(*cut_negatives, *loss, ranks);
  whole_parts.complete_candidates = cut_parts.complete_candidates =
      [&toy](const auto& samples, Candidates& candidates) { toy.add_teacher(samples, candidates); };
  ContrastiveStep whole(whole_parts, {});
  ContrastiveStep cut(cut_parts, {.query_chunk = 3, .document_chunk = 2, .concurrent_chunks = 2});
  int64_t first = 0;
  for (int64_t step = 0; step < 3; ++step) {
    const int64_t size = step == 2 ? 5 : 17;
    const double expected_value = whole.backward(toy.batch(first, size), step).loss;
    const NamedTensors expected = toy.gradients(*loss);
    const RowRange share = rank_share(size, ranks.rank(), ranks.world_size());
    const ContrastiveResult result =
        cut.backward(toy.batch(first + share.begin, share.size()), step);
    EXPECT_EQ(result.batch_size, size);
    EXPECT_NEAR(result.loss, expected_value, 1e-10 * std::max(1.0, std::abs(expected_value)))
        << what << " step " << step;
    expect_equal_gradients(expected, toy.gradients(*loss), what + " step " + std::to_string(step));
    whole_negatives->finish_step();
    cut_negatives->finish_step();
    first += size;
  }
}

class Ranks : public ::testing::TestWithParam<int> {};

TEST_P(Ranks, EveryLossEqualsOneProcess) {
  if (run_as_ranks(GetParam())) return;
  const auto ranks = join_ranks();
  LossRegistry losses("loss");
  register_builtin_losses(losses);
  for (const auto& [file, node] : choices_of("loss", losses)) {
    expect_ranks_equal_one_process(
        *ranks, "loss " + file, [&, &options = node] { return losses.create(options); },
        [](const NegativesContext& context) { return make_in_batch({}, context); });
  }
}

TEST_P(Ranks, EveryNegativeStrategyEqualsOneProcess) {
  if (run_as_ranks(GetParam())) return;
  const auto ranks = join_ranks();
  NegativesRegistry negatives("negatives");
  register_builtin_negatives(negatives);
  for (auto [file, node] : choices_of("negatives", negatives)) {
    // What a strategy does late in a run, it shall do in these three steps.
    for (const auto& [key, value] :
         {std::pair("start_step", int64_t{0}), std::pair("refresh_every", int64_t{1})}) {
      if (node.find(key) != nullptr) node.set(key, Node(value));
    }
    for (const auto& make_loss :
         {std::function<std::unique_ptr<Loss>()>([] { return make_info_nce({}); }),
          std::function<std::unique_ptr<Loss>()>([] { return make_sup_con({}); })}) {
      expect_ranks_equal_one_process(*ranks, "negatives " + file, make_loss,
                                     [&, &options = node](const NegativesContext& context) {
                                       return negatives.create(options, context);
                                     });
    }
  }
}

TEST_P(Ranks, ParametersAgreeAfterTwentySteps) {
  if (run_as_ranks(GetParam())) return;
  const auto ranks = join_ranks();
  ToyStep alone, together;
  const auto alone_loss = make_info_nce({}), loss = make_info_nce({});
  const auto alone_negatives = make_in_batch({}, alone.context()),
             negatives = make_in_batch({}, alone.context());
  alone.to_double(*alone_loss);
  together.to_double(*loss);
  const auto alone_optimizer = make_adamw({}, decay_groups(alone.parameters(*alone_loss)));
  const auto optimizer = make_adamw({}, decay_groups(together.parameters(*loss)));
  ContrastiveStep whole(alone.parts(*alone_negatives, *alone_loss), {});
  ContrastiveStep cut(together.parts(*negatives, *loss, *ranks),
                      {.query_chunk = 2, .document_chunk = 2});
  for (int64_t step = 0; step < 20; ++step) {
    whole.backward(alone.batch(7 * step, 14), step);
    alone_optimizer->step(1e-3);
    const RowRange share = rank_share(14, ranks->rank(), ranks->world_size());
    cut.backward(together.batch(7 * step + share.begin, share.size()), step);
    optimizer->step(1e-3);
  }
  const NamedTensors expected = alone.parameters(*alone_loss), trained = together.parameters(*loss);
  for (size_t i = 0; i < trained.size(); ++i) {
    const at::Tensor own = trained[i].second.detach();
    EXPECT_LE((own - expected[i].second.detach()).abs().max().item<double>(), 1e-9)
        << trained[i].first;
    const at::Tensor first = own.clone();
    ranks->broadcast(first);
    EXPECT_TRUE(own.equal(first)) << trained[i].first << " differs between ranks";
  }
}
INSTANTIATE_TEST_SUITE_P(Counts, Ranks, ::testing::Values(2, 4),
                         [](const auto& parameter) { return std::to_string(parameter.param); });

TEST(ContrastiveRanks, BfloatChunksAndRanksAreNearTheWholeBatch) {
  if (run_as_ranks(2)) return;
  const auto ranks = join_ranks();
  ToyStep toy;
  for (const Encoder* encoder : {toy.model.query.get(), toy.model.document.get()})
    convert_weights(*encoder, at::kFloat);
  const auto loss = make_info_nce({});
  const auto negatives = make_in_batch({}, toy.context());
  ContrastiveStep whole(toy.parts(*negatives, *loss), {.precision = Precision::kFloat32});
  whole.backward(toy.batch(0, 24), 0);
  const NamedTensors expected = toy.gradients(*loss);
  ContrastiveStep cut(toy.parts(*negatives, *loss, *ranks),
                      {.precision = Precision::kBFloat16, .query_chunk = 5, .document_chunk = 3});
  cut.backward(toy.batch(12 * ranks->rank(), 12), 0);
  double difference = 0, size = 0;
  const NamedTensors computed = toy.gradients(*loss);
  for (size_t i = 0; i < expected.size(); ++i) {
    difference += (expected[i].second - computed[i].second).square().sum().item<double>();
    size += expected[i].second.square().sum().item<double>();
  }
  EXPECT_LT(std::sqrt(difference / size), 0.05);
}

TEST(ContrastiveRanks, RanksAtDifferentBatchesAreTold) {
  if (run_as_ranks(2)) return;
  const auto ranks = join_ranks();
  ToyStep toy;
  const auto loss = make_info_nce({});
  const auto negatives = make_in_batch({}, toy.context());
  toy.to_double(*loss);
  ContrastiveStep step(toy.parts(*negatives, *loss, *ranks), {});
  Batch batch = toy.batch(0, 4);
  batch.index = ranks->rank();
  try {
    step.backward(batch, 0);
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(),
                ::testing::HasSubstr("expected all ranks at the same batch of the same data"));
  }
}

// ---- the trainer: a run begun by some number of ranks, interrupted, and ended by another ----

class ToyDataset final : public Dataset {
 public:
  ToyDataset() : records_(testing::kToySamples) {}
  int64_t size() const override { return testing::kToySamples; }
  const ProductRecord& record(int64_t index) const override {
    return records_[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t) const override { return ""; }
  std::string place(int64_t index) const override { return std::to_string(index); }

 private:
  std::vector<ProductRecord> records_;
};

struct StopAt final : Schedule {
  int64_t stop = -1;
  double lr(int64_t step) const override {
    if (step == stop) request_interrupt();
    return 1e-3;
  }
};

/// Trains 12 steps of 14 products, in float64; `stop` interrupts during that step.
TrainingSummary train_toy(const std::filesystem::path& folder, Communicator& ranks,
                          int64_t stop = -1) {
  ToyStep toy;
  ToyDataset dataset;
  const auto loss = make_sup_con({});
  toy.to_double(*loss);
  const auto negatives = make_in_batch({}, toy.context());
  const auto optimizer = make_adamw({}, decay_groups(toy.parameters(*loss)));
  StopAt schedule;
  schedule.stop = stop;
  const TrainerOptions options{.num_steps = 12,
                               .precision = "float32",
                               .query_chunk = 3,
                               .evaluate_every = 5,
                               .checkpoint_every = 4};
  const TrainerParts parts{.model = &toy.model,
                           .negatives = negatives.get(),
                           .loss = loss.get(),
                           .optimizer = optimizer.get(),
                           .communicator = &ranks,
                           .schedule = &schedule,
                           .make_loader =
                               [&](LoaderPosition position) {
                                 return std::make_unique<Loader>(
                                     LoaderSource{.dataset = &dataset,
                                                  .labels = &toy.labels,
                                                  .titles = &toy.titles,
                                                  .with_images = false,
                                                  .seed = 5,
                                                  .rank = ranks.rank(),
                                                  .num_ranks = ranks.world_size()},
                                     LoaderOptions{.batch_size = 14, .num_threads = 1}, position);
                               },
                           .document_tokens = toy.document_tokens,
                           .seed = 5,
                           .evaluate =
                               [] {
                                 return Metrics{{"score", 1.0}};
                               },
                           .best_metric = "score"};
  const TrainingSummary summary = train(parts, options, folder);
  request_interrupt(false);
  return summary;
}

struct RanksOfRun {
  int before, after;
};
class Resume : public ::testing::TestWithParam<RanksOfRun> {};

TEST_P(Resume, GoesOnWithAnotherNumberOfRanks) {
  if (testing::is_a_rank()) {
    const auto ranks = join_ranks();
    const int64_t stop = std::atoi(std::getenv("TOY_STOP"));
    // Only the last rank is asked to end: all of them must stop at that step.
    const TrainingSummary summary = train_toy(std::getenv("TOY_FOLDER"), *ranks,
                                              ranks->rank() == ranks->world_size() - 1 ? stop : -1);
    EXPECT_EQ(summary.step, stop < 0 ? 12 : stop + 1);
    return;
  }
  const testing::TemporaryFolder straight, broken;
  train_toy(straight.path(), single_process());
  ::setenv("TOY_FOLDER", broken.path().c_str(), 1);
  for (const auto& [count, stop] :
       {std::pair(GetParam().before, 5), std::pair(GetParam().after, -1)}) {
    ::setenv("TOY_STOP", std::to_string(stop).c_str(), 1);
    if (count == 1) {
      train_toy(broken.path(), single_process(), stop);
    } else {
      const testing::RanksOutcome outcome = testing::start_ranks(count);
      ASSERT_EQ(outcome.status, 0) << outcome.output;
    }
  }
  const auto weights = [](const std::filesystem::path& folder) {
    return load_safetensors(folder / "last.safetensors").tensors;
  };
  const NamedTensors expected = weights(straight.path()), resumed = weights(broken.path());
  ASSERT_EQ(expected.size(), resumed.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_LE((expected[i].second - resumed[i].second).abs().max().item<double>(), 1e-9)
        << expected[i].first;
  }
}
INSTANTIATE_TEST_SUITE_P(Counts, Resume,
                         ::testing::Values(RanksOfRun{2, 1}, RanksOfRun{1, 3}, RanksOfRun{4, 2}),
                         [](const auto& parameter) {
                           return std::to_string(parameter.param.before) + "_then_" +
                                  std::to_string(parameter.param.after);
                         });

}  // namespace
}  // namespace twinset
