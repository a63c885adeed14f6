// One training step up to the gradients: many chunks and ranks, one batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "framework/data/batch.h"
#include "framework/distributed/communicator.h"
#include "framework/encoders/dual_encoder.h"
#include "framework/losses/loss.h"
#include "framework/negatives/negatives.h"
#include "framework/tracking/metrics_log.h"

namespace twinset {

/// What a step is made of. Everything outlives it.
struct ContrastiveParts {
  DualEncoder* model = nullptr;
  Negatives* negatives = nullptr;
  Loss* loss = nullptr;
  Communicator* communicator = nullptr;
  at::Tensor document_tokens;  ///< [V, L] int64, one document a row, on the device
  uint64_t seed = 0;
  /// Adds what negatives do not know to the candidates of all ranks' queries; empty: nothing
  /// (TrainerParts has the words).
  std::function<void(const std::vector<int64_t>& samples, Candidates& candidates)>
      complete_candidates;
};

/// How a step goes through the towers.
struct ContrastiveOptions {
  Precision precision = Precision::kFloat32;
  std::string device = "cpu";
  int64_t query_chunk = 0;        ///< queries a pass on one rank; 0: all at once
  int64_t document_chunk = 0;     ///< documents a pass on one rank; 0: all at once
  int64_t concurrent_chunks = 1;  ///< chunks of a tower at once, each on one thread of the CPU
  bool allows_chunk_statistics =
      false;  ///< encoders that mix the batch see each chunk and rank as a batch of its own
};

/// What a step gave, the same on every rank.
struct ContrastiveResult {
  double loss = 0;
  int64_t batch_size = 0;  ///< queries of all ranks
  bool interrupt = false;  ///< some rank was asked to end
  Metrics statistics;
};

/// Gradients of the loss of the whole batch.
///
/// Labels of all ranks make one plan; each rank embeds its queries and its share of the plan's
/// documents, in chunks; all embeddings are gathered; the loss is computed once, of the whole
/// batch, by every rank alike; the gradients of the embeddings then go back through the chunks, and
/// are summed over ranks while the last ones are still computed. So for every loss and every
/// negative strategy
///
/// \f$ \nabla_\theta L(\text{W ranks with B/W queries each, any chunks}) = \nabla_\theta
/// L(\text{one process with B queries}) \f$
///
/// to rounding: in exact arithmetic they are the same sums. Encoders with dropout draw other masks
/// for other numbers of ranks, unless each rank's part is whole chunks. Batch norm depends on what
/// is normalised together, so encoders that mix the batch are refused with more than one rank or
/// chunk, unless `allows_chunk_statistics`: then each rank's chunk is normalised by itself (Hoffer
/// et al. 2017, arXiv:1705.08741, "ghost batch norm"), the gradients are exact for that function,
/// and running means are the ranks' mean.
class ContrastiveStep {
 public:
  /// @throws ConfigError if an encoder mixes the batch and chunks or ranks cut it
  ContrastiveStep(const ContrastiveParts& parts, const ContrastiveOptions& options);
  ~ContrastiveStep();

  /// Leaves the gradients in the parameters of model and loss, in place of what was there. Does not
  /// call finish_step.
  /// @param interrupt  this rank was asked to end, which all ranks then learn
  /// @throws ShapeError  if ranks are at different batches
  /// @throws SystemError if a rank is lost
  ContrastiveResult backward(const Batch& batch, int64_t step, bool interrupt = false);

 private:
  void average_loss_gradients();
  void average_buffers();
  void name_unused() const;

  ContrastiveParts parts_;
  ContrastiveOptions options_;
  NamedTensors model_parameters_, loss_parameters_;
  std::unique_ptr<GradientReducer> reducer_;
  bool has_named_unused_ = false;
};

}  // namespace twinset
