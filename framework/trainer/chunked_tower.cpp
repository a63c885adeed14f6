#include "framework/trainer/chunked_tower.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>

#include "framework/core/random.h"

namespace twinset {

ChunkedTower::ChunkedTower(Encoder& encoder, Precision precision, TowerRows rows)
    : encoder_(encoder), precision_(precision), rows_(std::move(rows)) {
  const int64_t total = std::max<int64_t>(1, rows_.num_rows);
  const int64_t chunk = rows_.chunk > 0 ? std::min(rows_.chunk, total) : total;
  last_begin_ = (total - 1) / chunk * chunk;
  std::vector<at::Tensor> parts;
  {
    const at::NoGradGuard no_grad;
    for (int64_t begin = 0; begin < last_begin_; begin += chunk)
      parts.push_back(embed_chunk(begin, chunk));
  }
  last_ = embed_chunk(last_begin_, total - last_begin_);
  parts.push_back(last_.detach());
  embeddings_ = (parts.size() == 1 ? parts[0] : at::cat(parts)).narrow(0, 0, rows_.num_rows);
  rows_.chunk = chunk;
}

at::Tensor ChunkedTower::embed_chunk(int64_t begin, int64_t length) const {
  const RandomKey key{.seed = rows_.seed,
                      .epoch = static_cast<uint32_t>(rows_.step),
                      .sample = static_cast<uint64_t>(rows_.first_row + begin),
                      .purpose = rows_.purpose};
  at::manual_seed(CounterRandom(key)());
  return embed(encoder_, rows_.input(begin, length), precision_);
}

void ChunkedTower::backward_but_last(const at::Tensor& gradient) {
  if (last_begin_ == 0 || !last_.requires_grad()) return;
  // Running means of norms have seen these rows in the first pass already.
  const NamedTensors buffers = encoder_.buffers();
  std::vector<at::Tensor> before;
  for (const auto& [name, buffer] : buffers) before.push_back(buffer.detach().clone());
  for (int64_t begin = 0; begin < last_begin_; begin += rows_.chunk) {
    embed_chunk(begin, rows_.chunk).backward(gradient.narrow(0, begin, rows_.chunk));
  }
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].second.detach().copy_(before[i]);
}

at::Tensor ChunkedTower::last_gradient(const at::Tensor& gradient) const {
  if (rows_.num_rows == 0) return at::zeros_like(last_);
  return gradient.narrow(0, last_begin_, rows_.num_rows - last_begin_);
}

}  // namespace twinset
