#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <string>

#include "framework/core/options.h"
#include "framework/data/loader.h"
#include "framework/distributed/communicator.h"
#include "framework/encoders/dual_encoder.h"
#include "framework/losses/loss.h"
#include "framework/negatives/negatives.h"
#include "framework/optim/optimizer.h"
#include "framework/optim/schedule.h"
#include "framework/optim/weight_average.h"
#include "framework/tracking/metrics_log.h"

namespace twinset {

/// How long and how a run trains.
struct TrainerOptions {
  int64_t num_steps = 375;
  std::string precision = "bfloat16";
  std::string device = "cpu";
  int64_t query_chunk = 0;
  int64_t document_chunk = 0;
  int64_t concurrent_chunks = 1;
  std::string batch_norm = "whole_batch";
  double clip_norm = 0.0;
  int64_t log_every = 10;
  int64_t evaluate_every = 0;
  int64_t checkpoint_every = 100;
  int64_t max_bad_steps = 10;
  WeightAverageOptions weight_average;

  template <class V>
  void visit(V&& v) {
    v("num_steps", num_steps,
      Field{.help = "optimiser steps of the run", .unit = "steps", .min = 1});
    v("precision", precision,
      Field{.help = "of the towers' passes", .choices = {"float32", "bfloat16"}});
    v("device", device, Field{.help = "cpu, cuda or cuda:N"});
    v("query_chunk", query_chunk,
      Field{.help = "gradient caching: queries that a rank embeds at a time, whatever the batch; "
                    "0: all at once",
            .unit = "queries",
            .min = 0});
    v("document_chunk", document_chunk,
      Field{.help = "the same for documents", .unit = "documents", .min = 0});
    v("concurrent_chunks", concurrent_chunks,
      Field{.help = "chunks of a tower at a time, each on one thread of the CPU: sooner done than "
                    "one on all threads, in as many times the memory",
            .unit = "chunks",
            .min = 1});
    v("batch_norm", batch_norm,
      Field{.help = "what encoders with batch norm normalise over. whole_batch: exact, so chunks "
                    "and ranks are refused for them; per_chunk: each "
                    "rank's chunk by itself",
            .choices = {"whole_batch", "per_chunk"}});
    v("clip_norm", clip_norm,
      Field{.help = "bound on the norm of all gradients; 0: none", .min = 0});
    v("log_every", log_every,
      Field{.help = "steps between two lines of metrics.jsonl", .unit = "steps", .min = 1});
    v("evaluate_every", evaluate_every,
      Field{.help = "steps between two validations; 0: none", .unit = "steps", .min = 0});
    v("checkpoint_every", checkpoint_every,
      Field{
          .help = "steps between two checkpoints; 0: only at the end", .unit = "steps", .min = 0});
    v("max_bad_steps", max_bad_steps,
      Field{.help = "steps whose loss or gradient is not finite are skipped; past this many the "
                    "run stops",
            .unit = "steps",
            .min = 0});
    v("weight_average", weight_average, Field{});
  }
};

/// What a run is made of. Everything outlives the run.
struct TrainerParts {
  DualEncoder* model = nullptr;
  Negatives* negatives = nullptr;
  Loss* loss = nullptr;
  Optimizer* optimizer = nullptr;
  Communicator* communicator = nullptr;  ///< null: one process
  const Schedule* schedule = nullptr;
  /// Makes the training loader at a position: 0 for a new run, further for one that goes on.
  std::function<std::unique_ptr<Loader>(LoaderPosition)> make_loader;
  at::Tensor document_tokens;  ///< [V, L] int64, one document a row
  uint64_t seed = 0;
  /// Adds what negatives do not know to a step's candidates, such as a teacher's embeddings; empty:
  /// nothing. `samples` [B] are the positions of the queries in the data set,
  /// `candidates.documents` those of the columns.
  std::function<void(const std::vector<int64_t>& samples, Candidates& candidates)>
      complete_candidates;
  /// Validation with the averaged weights in evaluation mode; empty: none. The program hands it in.
  std::function<Metrics()> evaluate;
  std::string best_metric;  ///< the one of `evaluate`'s that decides which checkpoint is best
                            ///< (higher is better)
};

/// How a run went.
struct TrainingSummary {
  int64_t step = 0;          ///< steps done, those before a resume included
  bool is_complete = false;  ///< false: interrupted, to be resumed
  double seconds = 0;  ///< wall time of training over all its parts; validation is not counted
  double samples_per_second = 0;
  double loader_wait_seconds = 0;
  int64_t num_bad_steps = 0;
  double final_loss = 0;  ///< mean of the last logging interval
  double best_value = 0;
  int64_t best_step = 0;  ///< 0: no validation took place
};

/// Trains until `num_steps`, from the last checkpoint of `folder` if there is one.
///
/// Distributed: all ranks train the same weights; rank 0 alone reads and writes files, validates,
/// and shows progress. A checkpoint goes on with any number of ranks.
///
/// Writes metrics.jsonl, last.safetensors (model, loss, optimiser, average, counters: to resume
/// from) and, when validating, best.safetensors (averaged model and loss). Ends with the averaged
/// weights in the model. Ctrl-C: saves after the running step and returns with is_complete = false.
/// A run that is resumed gives the same weights, bit for bit on the CPU with the same number of
/// threads, as one that was not interrupted.
///
/// @throws DataError when more than max_bad_steps steps were not finite (names the tower whose
/// gradient was not)
/// @throws whatever the loader, the encoders, the loss and the disk report
TrainingSummary train(const TrainerParts& parts, const TrainerOptions& options,
                      const std::filesystem::path& folder);

/// The tensors of best.safetensors and of a finished model: "model.*" and "loss.*".
NamedTensors model_state(const DualEncoder& model, const Loss& loss);

}  // namespace twinset
