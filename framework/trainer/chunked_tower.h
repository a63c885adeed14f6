// Gradient caching of one tower: any batch in the memory of one chunk, with the gradients of the
// whole batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "framework/encoders/dual_encoder.h"

namespace twinset {

/// What a tower embeds in one step.
struct TowerRows {
  int64_t num_rows = 0;
  std::function<EncoderInput(int64_t begin, int64_t length)> input;
  int64_t first_row =
      0;  ///< number of the first row within the batch of all ranks: a key of random draws
  int64_t chunk = 0;              ///< rows a pass; 0: all at once
  int64_t concurrent_chunks = 1;  ///< passes at once, each on one thread; the encoder must allow it
  uint64_t seed = 0;
  int64_t step = 0;
  std::string_view purpose;  ///< "query" or "document": another key of random draws
};

/// One tower's forward and backward pass over the rows of a step.
///
/// All chunks but the last go forward without a graph, and again, with one, when the gradient of
/// their embeddings is known. The last keeps its graph, so that a batch that is one chunk is an
/// ordinary pass. What is drawn at random (dropout) depends on (seed, step, tower, number of the
/// chunk's first row), so the second pass draws what the first drew, and so does any number of
/// ranks whose parts are whole chunks. With several chunks at once the gradients are still added in
/// the order of the chunks.
///
/// A rank without rows (fewer documents than ranks) embeds row 0 and gives it no gradient: every
/// rank takes part in every reduction.
///
/// Source: Gao et al. 2021, arXiv:2101.06983; keeping the last chunk's graph is ours.
class ChunkedTower {
 public:
  /// Embeds all rows. `rows.input` outlives this object.
  ChunkedTower(Encoder& encoder, Precision precision, TowerRows rows);
  /// [num_rows, D], without a graph.
  const at::Tensor& embeddings() const { return embeddings_; }
  /// Adds up the gradients of the parameters for all chunks but the last.
  void backward_but_last(const at::Tensor& gradient);
  /// The last chunk's embeddings, with their graph, and the gradient to start its backward pass
  /// from.
  const at::Tensor& last_output() const { return last_; }
  at::Tensor last_gradient(const at::Tensor& gradient) const;

 private:
  at::Tensor embed_chunk(int64_t begin, int64_t length) const;
  std::vector<at::Tensor> chunk_gradients(int64_t begin, const at::Tensor& gradient,
                                          const std::vector<at::Tensor>& parameters) const;
  template <class Pass, class Finish>
  void for_each_chunk_but_last(const Pass& pass, const Finish& finish) const;

  Encoder& encoder_;
  Precision precision_;
  TowerRows rows_;
  int64_t last_begin_ = 0;
  at::Tensor embeddings_, last_;
};

}  // namespace twinset
