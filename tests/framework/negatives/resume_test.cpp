// Every strategy through the trainer: an interrupted run ends where an uninterrupted one does, bit
// for bit.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "framework/checkpoints/training_state.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "framework/encoders/product_encoder.h"
#include "framework/encoders/token_mean.h"
#include "framework/losses/sup_con.h"
#include "framework/negatives/builtin.h"
#include "framework/negatives/rows.h"
#include "framework/optim/adamw.h"
#include "framework/optim/parameter_groups.h"
#include "framework/trainer/trainer.h"
#include "tests/testing/temporary_folder.h"
#include "tests/testing/training_labels.h"

namespace twinset {
namespace {

// The training set of training_labels.h as products with a one-token title.
class TitleDataset final : public Dataset {
 public:
  explicit TitleDataset(int64_t size) {
    for (int64_t i = 0; i < size; ++i)
      records_.push_back({.id = std::to_string(i), .title = "", .attributes = {}});
  }
  int64_t size() const override { return static_cast<int64_t>(records_.size()); }
  const ProductRecord& record(int64_t index) const override {
    return records_[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t) const override { return ""; }
  std::string place(int64_t index) const override { return std::to_string(index); }

 private:
  std::vector<ProductRecord> records_;
};

constexpr int64_t kSamples = 40, kSteps = 14;

// A run of two token towers; made anew for every part of a run, as a new process would.
struct ToyRun {
  testing::TrainingLabels training{kSamples};
  TitleDataset dataset{kSamples};
  at::Tensor titles;
  EncoderContext context{
      .image_size = 8, .token_vocabulary = 64, .context_length = 3, .embedding_dim = 4};
  DualEncoder model;
  std::unique_ptr<Negatives> negatives;
  std::unique_ptr<Loss> loss = make_sup_con({});
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Schedule> schedule = make_cosine({.lr = 0.02, .warmup_steps = 3}, kSteps);
  TrainerOptions options{
      .num_steps = kSteps, .precision = "float32", .log_every = 1, .checkpoint_every = 0};
  TrainerParts parts;

  explicit ToyRun(const Node& strategy) {
    std::vector<int64_t> title_tokens, document_tokens;
    for (int64_t i = 0; i < kSamples; ++i)
      title_tokens.insert(title_tokens.end(), {1, 30 + i % 30, 2});
    for (int64_t j = 0; j < 20; ++j) document_tokens.insert(document_tokens.end(), {1, 5 + j, 2});
    const auto as_tensor = [](const std::vector<int64_t>& tokens) {
      return at::tensor(at::ArrayRef<int64_t>(tokens), at::TensorOptions().dtype(at::kLong))
          .view({-1, 3});
    };
    titles = as_tensor(title_tokens);
    at::set_num_threads(1);  // small steps
    at::manual_seed(3);
    model.query = make_product_encoder(nullptr, make_token_mean({}, context), {}, context);
    model.document = make_token_mean({}, context);
    NamedTensors trainable = model.parameters();
    for (const auto& entry : loss->parameters()) trainable.push_back(entry);
    optimizer = make_adamw({}, decay_groups(trainable));
    parts = {.model = &model,
             .negatives = nullptr,
             .loss = loss.get(),
             .optimizer = optimizer.get(),
             .schedule = schedule.get(),
             .make_loader =
                 [this](LoaderPosition position) {
                   LoaderOptions loader{.batch_size = 6, .num_threads = 1};
                   return std::make_unique<Loader>(LoaderSource{.dataset = &dataset,
                                                                .labels = &training.labels,
                                                                .titles = &titles,
                                                                .with_images = false,
                                                                .seed = 5},
                                                   loader, position);
                 },
             .document_tokens = as_tensor(document_tokens),
             .seed = 5,
             .evaluate = {},
             .best_metric = "score"};
    NegativesContext negatives_context = training.context();
    negatives_context.towers = {
        .embed = [this](const auto& documents) { return embed_with(*model.document, documents); },
        .make_momentum_tower =
            [this](double momentum) { return std::make_unique<SlowTower>(*this, momentum); }};
    NegativesRegistry registry("negatives");
    register_builtin_negatives(registry);
    negatives = registry.create(strategy, negatives_context);
    parts.negatives = negatives.get();
  }

  at::Tensor embed_with(Encoder& encoder, const std::vector<int64_t>& documents) const {
    const at::NoGradGuard no_grad;
    return embed(encoder, {.images = {}, .tokens = select_rows(parts.document_tokens, documents)},
                 Precision::kFloat32);
  }

  struct SlowTower final : MomentumTower {
    ToyRun& run;
    std::unique_ptr<Encoder> copy;
    double momentum;
    SlowTower(ToyRun& r, double m) : run(r), copy(make_token_mean({}, r.context)), momentum(m) {
      follow(0);
    }
    void follow(double m) {
      const at::NoGradGuard no_grad;
      const NamedTensors from = run.model.document->parameters(), to = copy->parameters();
      for (size_t i = 0; i < from.size(); ++i)
        to[i].second.detach().mul_(m).add_(from[i].second.detach(), 1 - m);
    }
    at::Tensor embed(const std::vector<int64_t>& documents) override {
      return run.embed_with(*copy, documents);
    }
    void update() override { follow(momentum); }
    NamedTensors state() const override { return copy->parameters(); }
  };
};

Node strategy_named(const std::string& name) {
  Node node = Node::map(), log_q = Node::map();
  node.set("name", name);
  if (name == "full_vocabulary") return node;
  log_q.set("estimate", "count_min_sketch");
  log_q.set("sketch_width", int64_t{16});
  node.set("log_q", log_q);
  if (name == "queue") {
    node.set("size", int64_t{23});
    node.set("momentum", 0.9);
  }
  if (name == "mined") node.set("refresh_every", int64_t{4});
  if (name == "memory_bank" || name == "uniform") node.set("num_samples", int64_t{4});
  if (name == "mixed") {
    Node::List sources;
    for (const auto& source : builtin_candidate_sources().names()) {
      Node part = strategy_named(source);
      part.erase("log_q");
      sources.push_back(part);
    }
    node.set("sources", Node(sources));
  }
  return node;
}

std::string crc_of(const std::filesystem::path& folder) {
  const std::string text = read_file(folder / "last.safetensors");
  return text.substr(text.find("\"crc32\":\"") + 9, 8);
}

std::vector<std::string> all_strategies() {
  NegativesRegistry registry("negatives");
  register_builtin_negatives(registry);
  return registry.names();
}

class NegativesResume : public ::testing::TestWithParam<std::string> {};

TEST_P(NegativesResume, AnInterruptedRunEndsWhereAnUninterruptedOneDoes) {
  const Node strategy = strategy_named(GetParam());
  const testing::TemporaryFolder straight_folder, broken_folder;
  ToyRun straight(strategy);
  train(straight.parts, straight.options, straight_folder.path());
  {
    ToyRun first(strategy);
    struct StopAfterSeven final : Schedule {
      const Schedule* inner = nullptr;
      double lr(int64_t step) const override {
        if (step == 6) request_interrupt();
        return inner->lr(step);
      }
    } stop;
    stop.inner = first.schedule.get();
    first.parts.schedule = &stop;
    EXPECT_EQ(train(first.parts, first.options, broken_folder.path()).step, 7);
    request_interrupt(false);
  }
  ToyRun second(strategy);
  EXPECT_TRUE(train(second.parts, second.options, broken_folder.path()).is_complete);
  EXPECT_EQ(checksum(model_state(straight.model, *straight.loss)),
            checksum(model_state(second.model, *second.loss)));
  EXPECT_EQ(crc_of(straight_folder.path()), crc_of(broken_folder.path()))
      << "what the strategy remembers";
}
INSTANTIATE_TEST_SUITE_P(Strategies, NegativesResume, ::testing::ValuesIn(all_strategies()),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace
}  // namespace twinset
