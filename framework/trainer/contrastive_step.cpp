#include "framework/trainer/contrastive_step.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/logging.h"
#include "framework/distributed/gather_rows.h"
#include "framework/optim/gradients.h"
#include "framework/trainer/chunked_tower.h"
#include "framework/trainer/global_batch.h"

namespace twinset {
namespace {

void refuse_mixing(const Encoder& encoder, const char* side, int64_t chunk, int64_t world_size) {
  if (!encoder.mixes_batch() || (chunk == 0 && world_size == 1)) return;
  throw ConfigError(
      {.where =
           chunk > 0 ? fmt::format("trainer.{}_chunk", side) : fmt::format("{} ranks", world_size),
       .what = fmt::format("the {} encoder has batch norm, which mixes the samples of a batch: "
                           "parts of it give other embeddings than the whole",
                           side),
       .expected = "an encoder without batch norm, such as vit, for exact gradients",
       .todo =
           "or set trainer.batch_norm=per_chunk: each rank's chunk is then normalised by itself"});
}

void refuse_concurrency(const Encoder& encoder, const char* side, int64_t chunk,
                        const ContrastiveOptions& options) {
  if (options.concurrent_chunks == 1 || chunk == 0) return;
  const bool is_cpu = at::Device(options.device).is_cpu();
  if (is_cpu && encoder.allows_concurrent_forward()) return;
  throw ConfigError(
      {.where = fmt::format("trainer.concurrent_chunks={}", options.concurrent_chunks),
       .what = is_cpu ? fmt::format("the {} encoder embeds one chunk at a time: its forward pass "
                                    "changes it (running means) or draws at random",
                                    side)
                      : fmt::format("{} embeds one chunk at a time", options.device),
       .expected = is_cpu ? "an encoder whose allows_concurrent_forward is true, such as vit"
                          : "trainer.device=cpu",
       .todo = "set trainer.concurrent_chunks=1"});
}

// One row at least, document 0 if need be: see ChunkedTower.
at::Tensor document_rows(const std::vector<int64_t>& documents, const RowRange& share,
                         const at::Device& device) {
  std::vector<int64_t> rows(documents.begin() + share.begin, documents.begin() + share.end);
  if (rows.empty()) rows.push_back(0);
  return at::tensor(at::ArrayRef<int64_t>(rows), at::TensorOptions().dtype(at::kLong)).to(device);
}

Batch rows_of(const Batch& batch, int64_t begin, int64_t length) {
  Batch part;
  if (batch.images.defined()) part.images = batch.images.narrow(0, begin, length);
  if (batch.title_tokens.defined()) part.title_tokens = batch.title_tokens.narrow(0, begin, length);
  return part;
}

at::Tensor leaf(const at::Tensor& tensor) { return tensor.detach().set_requires_grad(true); }

// A loss that does not look at one side gives it no gradient.
at::Tensor gradient_of(const at::Tensor& tensor) {
  return tensor.grad().defined() ? tensor.grad() : at::zeros_like(tensor);
}

}  // namespace

ContrastiveStep::ContrastiveStep(const ContrastiveParts& parts, const ContrastiveOptions& options)
    : parts_(parts),
      options_(options),
      model_parameters_(parts.model->parameters()),
      loss_parameters_(parts.loss->parameters()) {
  if (!options.allows_chunk_statistics) {
    refuse_mixing(*parts.model->query, "query", options.query_chunk,
                  parts.communicator->world_size());
    refuse_mixing(*parts.model->document, "document", options.document_chunk,
                  parts.communicator->world_size());
  }
  if (options.concurrent_chunks > 1 && options.query_chunk == 0 && options.document_chunk == 0) {
    throw ConfigError(
        {.where = fmt::format("trainer.concurrent_chunks={}", options.concurrent_chunks),
         .what = "the towers embed everything at once",
         .expected = "chunks",
         .todo = "set trainer.query_chunk or trainer.document_chunk, or "
                 "trainer.concurrent_chunks=1"});
  }
  refuse_concurrency(*parts.model->query, "query", options.query_chunk, options);
  refuse_concurrency(*parts.model->document, "document", options.document_chunk, options);
  reducer_ = parts.communicator->make_reducer(model_parameters_);
}

ContrastiveStep::~ContrastiveStep() = default;

ContrastiveResult ContrastiveStep::backward(const Batch& batch, int64_t step, bool interrupt) {
  Communicator& ranks = *parts_.communicator;
  const GlobalBatch global = gather_batch(ranks, batch, interrupt);
  DocumentPlan plan = parts_.negatives->plan({.labels = &global.labels,
                                              .samples = &global.samples,
                                              .seed = parts_.seed,
                                              .epoch = batch.epoch,
                                              .step = step});

  ChunkedTower queries(*parts_.model->query, options_.precision,
                       {.num_rows = batch.size(),
                        .input =
                            [&](int64_t begin, int64_t length) {
                              return query_input(rows_of(batch, begin, length), options_.precision,
                                                 options_.device);
                            },
                        .first_row = global.first_row,
                        .chunk = options_.query_chunk,
                        .concurrent_chunks = options_.concurrent_chunks,
                        .seed = parts_.seed,
                        .step = step,
                        .purpose = "query"});
  const RowRange share =
      rank_share(static_cast<int64_t>(plan.documents.size()), ranks.rank(), ranks.world_size());
  const at::Tensor rows = document_rows(plan.documents, share, parts_.document_tokens.device());
  ChunkedTower documents(*parts_.model->document, options_.precision,
                         {.num_rows = share.size(),
                          .input =
                              [&](int64_t begin, int64_t length) {
                                return EncoderInput{.images = {},
                                                    .tokens = parts_.document_tokens.index_select(
                                                        0, rows.narrow(0, begin, length))};
                              },
                          .first_row = share.begin,
                          .chunk = options_.document_chunk,
                          .concurrent_chunks = options_.concurrent_chunks,
                          .seed = parts_.seed,
                          .step = step,
                          .purpose = "document"});

  // Leaves: the loss's backward pass ends here, and the towers' begins.
  const at::Tensor queries_BD = leaf(ranks.gather_rows(queries.embeddings()));
  const at::Tensor documents_MD = leaf(ranks.gather_rows(documents.embeddings()));
  Candidates candidates = parts_.negatives->gather(std::move(plan), queries_BD, documents_MD);
  if (parts_.complete_candidates) parts_.complete_candidates(global.samples, candidates);
  LossResult loss = parts_.loss->forward(queries_BD, candidates);
  reset_gradients(model_parameters_);
  reset_gradients(loss_parameters_);
  loss.value.backward();
  average_loss_gradients();

  // The reducer takes the mean over ranks; their sum is wanted.
  const double ranks_factor = static_cast<double>(ranks.world_size());
  const auto own_part = [&](const at::Tensor& all, int64_t begin, int64_t length) {
    const at::Tensor own = gradient_of(all).narrow(0, begin, length);
    return ranks.world_size() == 1 ? own : own.mul(ranks_factor);
  };
  const at::Tensor query_gradient = own_part(queries_BD, global.first_row, batch.size());
  const at::Tensor document_gradient = own_part(documents_MD, share.begin, share.size());
  queries.backward_but_last(query_gradient);
  documents.backward_but_last(document_gradient);
  std::vector<at::Tensor> outputs, gradients;
  for (const auto& [tower, gradient] :
       {std::pair(&queries, query_gradient), std::pair(&documents, document_gradient)}) {
    if (!tower->last_output().requires_grad()) continue;  // frozen
    outputs.push_back(tower->last_output());
    gradients.push_back(tower->last_gradient(gradient));
  }
  ranks.guard("backward pass", [&] {
    if (reducer_) reducer_->prepare(outputs);
    torch::autograd::backward(outputs, gradients);
  });
  if (options_.allows_chunk_statistics) average_buffers();
  if (!std::exchange(has_named_unused_, true)) name_unused();

  ContrastiveResult result{.loss = loss.value.item<double>(),
                           .batch_size = static_cast<int64_t>(global.samples.size()),
                           .interrupt = global.interrupt,
                           .statistics = {loss.statistics.begin(), loss.statistics.end()}};
  for (auto& entry : Negatives::statistics(candidates))
    result.statistics.push_back(std::move(entry));
  return result;
}

// Such parameters are left as they are, on every rank; once is enough to say so.
void ContrastiveStep::name_unused() const {
  std::vector<std::string> names;
  for (const auto* parameters : {&model_parameters_, &loss_parameters_}) {
    for (const auto& [name, parameter] : *parameters) {
      if (parameter.requires_grad() && !parameter.grad().defined()) names.push_back(name);
    }
  }
  if (names.empty() || !parts_.communicator->is_main()) return;
  const size_t shown = std::min<size_t>(names.size(), 5);
  log_warning("no gradient reaches {} parameters, they stay as they are: {}{}", names.size(),
              fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
              names.size() > shown ? ", ..." : "");
}

// Every rank has the gradient of the whole batch already; the mean keeps their last bits the same.
void ContrastiveStep::average_loss_gradients() {
  if (parts_.communicator->world_size() == 1) return;
  const at::NoGradGuard no_grad;
  for (const auto& [name, parameter] : loss_parameters_) {
    if (!parameter.grad().defined()) continue;
    parts_.communicator->sum(parameter.grad());
    parameter.grad().div_(static_cast<double>(parts_.communicator->world_size()));
  }
}

void ContrastiveStep::average_buffers() {
  if (parts_.communicator->world_size() == 1) return;
  const at::NoGradGuard no_grad;
  for (const auto& [name, buffer] : parts_.model->buffers()) {
    if (!buffer.is_floating_point()) continue;
    parts_.communicator->sum(buffer);
    buffer.detach().div_(static_cast<double>(parts_.communicator->world_size()));
  }
}

}  // namespace twinset
