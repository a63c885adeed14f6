#include "framework/trainer/trainer.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "framework/checkpoints/training_state.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "framework/encoders/product_encoder.h"
#include "framework/encoders/token_mean.h"
#include "framework/losses/sup_con.h"
#include "framework/negatives/full_vocabulary.h"
#include "framework/optim/adamw.h"
#include "framework/optim/muon.h"
#include "framework/optim/parameter_groups.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

constexpr int64_t kDocuments = 4;

// 24 products whose title token tells their two attributes: enough to learn, small enough for
// milliseconds. The image is 8x8, its brightness one of the attributes.
class ToyDataset final : public Dataset {
 public:
  ToyDataset() {
    for (int i = 0; i < 24; ++i)
      records_.push_back({.id = std::to_string(i), .title = "", .attributes = {}});
  }
  int64_t size() const override { return 24; }
  const ProductRecord& record(int64_t index) const override {
    return records_[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t) const override { return ""; }
  std::string place(int64_t index) const override { return std::to_string(index); }

 private:
  std::vector<ProductRecord> records_;
};

// Everything a run needs; made anew for every part of a run, as a new process would.
struct ToyRun {
  ToyDataset dataset;
  SparsePairs labels{.num_columns = kDocuments};
  at::Tensor titles;
  DualEncoder model;
  std::unique_ptr<Negatives> negatives =
      make_full_vocabulary({}, {.num_documents = kDocuments, .document_counts = {}});
  std::unique_ptr<Loss> loss = make_sup_con({});
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Schedule> schedule;
  TrainerOptions options{.num_steps = 20,
                         .precision = "float32",
                         .log_every = 5,
                         .checkpoint_every = 5,
                         .weight_average = {.decay = 0.9}};
  TrainerParts parts;

  explicit ToyRun(bool with_muon = false) {
    std::vector<int64_t> tokens;
    for (int64_t i = 0; i < 24; ++i) {
      labels.add_row(std::vector<int64_t>{i % 2, 2 + i % 3 / 2});
      for (int64_t token : {int64_t{1}, 3 + i % 6, int64_t{2}}) tokens.push_back(token);
    }
    titles = at::tensor(at::ArrayRef<int64_t>(tokens), at::TensorOptions().dtype(at::kLong))
                 .view({24, 3});
    at::manual_seed(3);
    const EncoderContext context{
        .image_size = 8, .token_vocabulary = 16, .context_length = 3, .embedding_dim = 8};
    model.query = make_product_encoder(nullptr, make_token_mean({}, context), {}, context);
    model.document = make_token_mean({}, context);
    NamedTensors trainable = model.parameters();
    for (const auto& entry : loss->parameters()) trainable.push_back(entry);
    optimizer = with_muon ? make_muon({}, decay_groups(trainable))
                          : make_adamw({}, decay_groups(trainable));
    schedule = make_cosine({.lr = 0.02, .warmup_steps = 3}, 20);
    const std::vector<int64_t> documents = {1, 10, 2, 1, 11, 2, 1, 12, 2, 1, 13, 2};
    parts = {.model = &model,
             .negatives = negatives.get(),
             .loss = loss.get(),
             .optimizer = optimizer.get(),
             .schedule = schedule.get(),
             .make_loader =
                 [this](LoaderPosition position) {
                   LoaderOptions loader{.batch_size = 8, .num_threads = 1};
                   return std::make_unique<Loader>(LoaderSource{.dataset = &dataset,
                                                                .labels = &labels,
                                                                .titles = &titles,
                                                                .with_images = false,
                                                                .seed = 5},
                                                   loader, position);
                 },
             .document_tokens =
                 at::tensor(at::ArrayRef<int64_t>(documents), at::TensorOptions().dtype(at::kLong))
                     .view({4, 3}),
             .seed = 5,
             .evaluate = {},
             .best_metric = "score"};
  }
};

std::vector<nlohmann::json> log_lines(const std::filesystem::path& folder) {
  std::vector<nlohmann::json> lines;
  std::istringstream text(read_file(folder / "metrics.jsonl"));
  for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(Trainer, CandidatesAreCompletedBeforeTheLossSeesThem) {
  const testing::TemporaryFolder folder;
  ToyRun run;
  run.options.num_steps = 3;
  int64_t num_calls = 0;
  run.parts.complete_candidates = [&](const std::vector<int64_t>& samples, Candidates& candidates) {
    ++num_calls;
    ASSERT_EQ(samples.size(), 8u);
    EXPECT_EQ(candidates.documents, (std::vector<int64_t>{0, 1, 2, 3}));
    for (size_t i = 0; i < samples.size(); ++i) {
      const auto known = run.labels.row(samples[i]),
                 seen = candidates.positives.row(static_cast<int64_t>(i));
      EXPECT_TRUE(std::equal(known.begin(), known.end(), seen.begin(), seen.end()));
    }
    // No gradient reaches a step that has lost its labels.
    candidates.positives =
        SparsePairs{.row_offsets = std::vector<int64_t>(9, 0), .num_columns = kDocuments};
  };
  train(run.parts, run.options, folder.path());
  EXPECT_EQ(num_calls, 3);
  EXPECT_EQ(log_lines(folder.path()).back()["gradient_norm"], 0.0);
}

TEST(Trainer, LearnsTheToyTask) {
  const testing::TemporaryFolder folder;
  ToyRun run;
  const TrainingSummary summary = train(run.parts, run.options, folder.path());
  EXPECT_TRUE(summary.is_complete);
  EXPECT_EQ(summary.step, 20);
  const auto lines = log_lines(folder.path());
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_LT(lines[3]["loss"].get<double>(), lines[0]["loss"].get<double>() - 0.1);
  EXPECT_TRUE(lines[0].contains("temperature"));
}

class InterruptedTrainer : public ::testing::TestWithParam<bool> {};

// 20 steps equal 7 + Ctrl-C + 13, bit for bit, in everything a checkpoint holds.
TEST_P(InterruptedTrainer, ResumesBitForBit) {
  const testing::TemporaryFolder straight_folder, broken_folder;
  ToyRun straight(GetParam());
  train(straight.parts, straight.options, straight_folder.path());
  {
    ToyRun first(GetParam());
    struct StopAfterSeven final : Schedule {
      const Schedule* inner = nullptr;
      double lr(int64_t step) const override {
        if (step == 6) request_interrupt();
        return inner->lr(step);
      }
    } stop;
    stop.inner = first.schedule.get();
    first.parts.schedule = &stop;
    const TrainingSummary summary = train(first.parts, first.options, broken_folder.path());
    request_interrupt(false);
    EXPECT_FALSE(summary.is_complete);
    EXPECT_EQ(summary.step, 7);
  }
  ToyRun second(GetParam());
  EXPECT_TRUE(train(second.parts, second.options, broken_folder.path()).is_complete);
  EXPECT_EQ(checksum(model_state(straight.model, *straight.loss)),
            checksum(model_state(second.model, *second.loss)));
  const auto tensors_of = [](const std::filesystem::path& folder) {
    const std::string text = read_file(folder / "last.safetensors");
    const size_t begin = text.find("\"crc32\":\"");
    return text.substr(begin + 9, 8);
  };
  EXPECT_EQ(tensors_of(straight_folder.path()), tensors_of(broken_folder.path()));
  EXPECT_EQ(log_lines(straight_folder.path()).back()["loss"],
            log_lines(broken_folder.path()).back()["loss"]);
}
INSTANTIATE_TEST_SUITE_P(Optimizers, InterruptedTrainer, ::testing::Values(false, true),
                         [](const auto& parameter) { return parameter.param ? "muon" : "adamw"; });

TEST(Trainer, ACompleteRunIsNotTrainedFurther) {
  const testing::TemporaryFolder folder;
  ToyRun run;
  train(run.parts, run.options, folder.path());
  ToyRun again;
  const TrainingSummary summary = train(again.parts, again.options, folder.path());
  EXPECT_TRUE(summary.is_complete);
  EXPECT_EQ(checksum(model_state(run.model, *run.loss)),
            checksum(model_state(again.model, *again.loss)));
}

TEST(Trainer, KeepsTheBestValidation) {
  const testing::TemporaryFolder folder;
  ToyRun run;
  run.options.evaluate_every = 5;
  std::vector<double> scores = {0.2, 0.9, 0.5, 0.4};
  size_t calls = 0;
  run.parts.evaluate = [&] { return Metrics{{"score", scores[calls++]}}; };
  const TrainingSummary summary = train(run.parts, run.options, folder.path());
  EXPECT_EQ(calls, 4u);
  EXPECT_EQ(summary.best_step, 10);
  EXPECT_EQ(summary.best_value, 0.9);
  EXPECT_EQ(
      load_state(folder.path() / "best.safetensors", model_state(run.model, *run.loss)).at("step"),
      10);
  EXPECT_EQ(log_lines(folder.path())[1]["val.score"], 0.9);
}

// A loss that is NaN at given steps, and otherwise the inner one.
class SometimesNan final : public Loss {
 public:
  SometimesNan(Loss& inner, std::vector<int> bad) : inner_(inner), bad_(std::move(bad)) {}
  LossResult forward(const at::Tensor& queries, const Candidates& candidates) override {
    LossResult result = inner_.forward(queries, candidates);
    if (std::find(bad_.begin(), bad_.end(), calls_++) != bad_.end())
      result.value = result.value.mul(std::nan(""));
    return result;
  }
  NamedTensors parameters() const override { return inner_.parameters(); }
  void to_device(const std::string&) override {}

 private:
  Loss& inner_;
  std::vector<int> bad_;
  int calls_ = 0;
};

TEST(Trainer, StepsThatAreNotFiniteAreSkippedAndCounted) {
  const testing::TemporaryFolder folder;
  ToyRun run;
  SometimesNan loss(*run.loss, {3, 4, 11});
  run.parts.loss = &loss;
  const TrainingSummary summary = train(run.parts, run.options, folder.path());
  EXPECT_EQ(summary.num_bad_steps, 3);
  EXPECT_EQ(run.optimizer->num_steps(), 17);
  for (const auto& [name, tensor] : model_state(run.model, *run.loss))
    EXPECT_TRUE(tensor.isfinite().all().item<bool>()) << name;
}

TEST(Trainer, TooManyBadStepsEndTheRunAndNameTheEncoder) {
  const testing::TemporaryFolder folder;
  ToyRun run;
  run.options.max_bad_steps = 2;
  SometimesNan loss(*run.loss, {0, 1, 2});
  run.parts.loss = &loss;
  try {
    train(run.parts, run.options, folder.path());
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                ::testing::HasSubstr("not finite in both encoders, expected at most 2 such steps"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("trainer.clip_norm=1"));
  }
}

// The file-size limit of the process stands in for a full disk: write() fails in the middle of the
// file.
TEST(Trainer, AFullDiskLeavesThePreviousCheckpoint) {
  const testing::TemporaryFolder folder;
  ToyRun run;
  train(run.parts, run.options, folder.path());
  const std::string before = read_file(folder.path() / "last.safetensors");
  std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit unlimited {};
  getrlimit(RLIMIT_FSIZE, &unlimited);
  struct rlimit small = unlimited;
  small.rlim_cur = 1000;
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message = "no error";
  try {
    save_state(folder.path() / "last.safetensors",
               {model_state(run.model, *run.loss), {{"step", 99}}});
  } catch (const SystemError& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &unlimited);
  EXPECT_THAT(message, ::testing::HasSubstr("last.safetensors: can't write"));
  EXPECT_EQ(read_file(folder.path() / "last.safetensors"), before);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    files += entry.path().filename().string().find(".tmp") != std::string::npos;
  EXPECT_EQ(files, 0) << "the temporary file is removed";
}

TEST(Trainer, ACheckpointOfAnotherModelIsRefused) {
  const testing::TemporaryFolder folder;
  ToyRun run;
  train(run.parts, run.options, folder.path());
  std::string text = read_file(folder.path() / "last.safetensors");
  text[text.size() - 3] = static_cast<char>(text[text.size() - 3] ^ 1);
  write_file(folder.path() / "last.safetensors", text);
  ToyRun again;
  try {
    train(again.parts, again.options, folder.path());
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("the checksum of its tensors is"));
  }
  ToyRun other(/*with_muon=*/true);
  try {
    train(other.parts, other.options, folder.path());
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                ::testing::HasSubstr("has no tensor 'muon.query.text.weight.momentum'"));
  }
}

}  // namespace
}  // namespace twinset
