#include "framework/trainer/chunked_tower.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

#include "framework/core/random.h"
#include "framework/trainer/one_thread_each.h"

namespace twinset {
namespace {

void add_gradient(const at::Tensor& parameter, const at::Tensor& gradient) {
  if (!gradient.defined()) return;  // not reached
  const at::NoGradGuard no_grad;
  at::Tensor& sum = parameter.mutable_grad();
  if (sum.defined()) {
    sum.add_(gradient);
  } else {
    sum = at::empty_like(parameter).copy_(gradient);
  }
}

}  // namespace

ChunkedTower::ChunkedTower(Encoder& encoder, Precision precision, TowerRows rows)
    : encoder_(encoder), precision_(precision), rows_(std::move(rows)) {
  const int64_t total = std::max<int64_t>(1, rows_.num_rows);
  rows_.chunk = rows_.chunk > 0 ? std::min(rows_.chunk, total) : total;
  last_begin_ = (total - 1) / rows_.chunk * rows_.chunk;
  std::vector<at::Tensor> parts;
  {
    const at::NoGradGuard no_grad;
    for_each_chunk_but_last([this](int64_t begin) { return embed_chunk(begin, rows_.chunk); },
                            [&](at::Tensor embeddings) { parts.push_back(std::move(embeddings)); });
  }
  last_ = embed_chunk(last_begin_, total - last_begin_);
  parts.push_back(last_.detach());
  embeddings_ = (parts.size() == 1 ? parts[0] : at::cat(parts)).narrow(0, 0, rows_.num_rows);
}

// Rounds of chunks: `pass(begin)` of a round's at once, then `finish(result)` in their order.
template <class Pass, class Finish>
void ChunkedTower::for_each_chunk_but_last(const Pass& pass, const Finish& finish) const {
  const int64_t num_chunks = last_begin_ / rows_.chunk;
  for (int64_t first = 0; first < num_chunks; first += rows_.concurrent_chunks) {
    std::vector<decltype(pass(0))> results(
        static_cast<size_t>(std::min(rows_.concurrent_chunks, num_chunks - first)));
    one_thread_each(static_cast<int64_t>(results.size()), [&](int64_t i) {
      results[static_cast<size_t>(i)] = pass((first + i) * rows_.chunk);
    });
    for (auto& result : results) finish(std::move(result));
  }
}

at::Tensor ChunkedTower::embed_chunk(int64_t begin, int64_t length) const {
  const RandomKey key{.seed = rows_.seed,
                      .epoch = static_cast<uint32_t>(rows_.step),
                      .sample = static_cast<uint64_t>(rows_.first_row + begin),
                      .purpose = rows_.purpose};
  at::manual_seed(CounterRandom(key)());
  return embed(encoder_, rows_.input(begin, length), precision_);
}

std::vector<at::Tensor> ChunkedTower::chunk_gradients(
    int64_t begin, const at::Tensor& gradient, const std::vector<at::Tensor>& parameters) const {
  return torch::autograd::grad({embed_chunk(begin, rows_.chunk)}, parameters,
                               {gradient.narrow(0, begin, rows_.chunk)}, false, false, true);
}

void ChunkedTower::backward_but_last(const at::Tensor& gradient) {
  if (last_begin_ == 0 || !last_.requires_grad()) return;
  // Running means of norms have seen these rows in the first pass already.
  const NamedTensors buffers = encoder_.buffers();
  std::vector<at::Tensor> before, parameters;
  for (const auto& [name, buffer] : buffers) before.push_back(buffer.detach().clone());
  for (const auto& [name, parameter] : encoder_.parameters())
    if (parameter.requires_grad()) parameters.push_back(parameter);
  for_each_chunk_but_last(
      [&](int64_t begin) { return chunk_gradients(begin, gradient, parameters); },
      [&](const std::vector<at::Tensor>& gradients) {
        for (size_t i = 0; i < parameters.size(); ++i) add_gradient(parameters[i], gradients[i]);
      });
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].second.detach().copy_(before[i]);
}

at::Tensor ChunkedTower::last_gradient(const at::Tensor& gradient) const {
  if (rows_.num_rows == 0) return at::zeros_like(last_);
  return gradient.narrow(0, last_begin_, rows_.num_rows - last_begin_);
}

}  // namespace twinset
