#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/data/batch.h"
#include "framework/data/dataset.h"
#include "framework/data/shared_decoded_cache.h"
#include "framework/data/tokenizer.h"
#include "framework/data/transform.h"

namespace twinset {

/// How products become batches.
struct LoaderOptions {
  int64_t batch_size = 256;
  int num_threads = 0;
  int queue_batches = 4;
  bool cache_decoded = true;
  double cache_gigabytes = 2.0;
  double max_broken_share = 0.01;

  template <class V>
  void visit(V&& v) {
    v("batch_size", batch_size,
      Field{.help = "products a step, of all ranks together", .unit = "products", .min = 1});
    v("num_threads", num_threads,
      Field{.help = "decoding threads; 0 for one a core", .min = 0, .max = 256});
    v("queue_batches", queue_batches,
      Field{.help = "finished batches that may wait", .unit = "batches", .min = 1});
    v("cache_decoded", cache_decoded,
      Field{.help = "keep decoded images in memory after the first epoch"});
    v("cache_gigabytes", cache_gigabytes,
      Field{.help = "bound of that cache; what does not fit is decoded again",
            .unit = "GB",
            .min = 0});
    v("max_broken_share", max_broken_share,
      Field{.help = "the run stops once more than this share of the data set has been found broken",
            .min = 0,
            .max = 1});
  }
};

/// Where a loader stands: the next batch to hand out. Saved in checkpoints.
struct LoaderPosition {
  int64_t epoch = 0;
  int64_t batch = 0;
};

/// What a loader reads and how; the references must outlive it.
struct LoaderSource {
  const Dataset* dataset = nullptr;
  const SparsePairs* labels = nullptr;  ///< the label table, or null
  const at::Tensor* titles =
      nullptr;  ///< [size, L] int64 title tokens, or null: batches carry none
  bool with_images = true;
  TransformOptions transform;
  bool is_training =
      true;  ///< shuffled, augmented, last short batch dropped, endless; else in order, once
  uint64_t seed = 0;
  int64_t rank = 0;  ///< of `num_ranks`: each loads its part of every batch
  int64_t num_ranks = 1;
  SharedDecodedCache* shared_cache =
      nullptr;           ///< instead of a cache of the loader's own, for the jobs of a sweep
  std::string data_set;  ///< names the data set and the split for that cache
  std::filesystem::path
      broken_samples_file;  ///< broken samples are named here, one a line; empty: only logged
};

/// Reads, decodes and augments in threads, ahead of the consumer by at most `queue_batches`
/// batches.
///
/// The order of samples and every augmentation are functions of (seed, epoch, sample): the same for
/// any number of threads and ranks, and from any starting position. Ranks take contiguous parts of
/// a batch, whose sizes differ by one at most. A broken sample (unreadable or undecodable image) is
/// skipped, counted, named. In training its place in the batch is taken by the first intact sample
/// outside the batch from a place in the epoch's order that is drawn for it, keyed by (seed, epoch,
/// sample); so it depends on no other place, and on no rank. In evaluation the batch is one
/// shorter. `max_broken_share` bounds what each rank finds. Samples that the data set itself left
/// out (`Dataset::skipped`) count as broken too.
class Loader {
 public:
  /// @throws ConfigError if a batch has fewer products than there are ranks
  /// @throws DataError if training on fewer samples than one batch, if `start` is no position of
  /// this data set, or past
  ///         `max_broken_share` already when the data set was opened.
  Loader(LoaderSource source, const LoaderOptions& options, LoaderPosition start = {});
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// The next batch. Training goes on through epochs without end; otherwise nullopt after the last.
  /// @throws DataError past `max_broken_share`, or if a training batch can't be filled with intact
  /// samples.
  std::optional<Batch> next();

  /// The position after the last batch that `next` returned.
  LoaderPosition position() const;
  int64_t batches_per_epoch() const;
  int64_t num_broken() const;  ///< different samples found broken so far, in the batches handed out
  /// Seconds that `next` spent waiting, in all: near zero when the loader keeps up.
  double wait_seconds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace twinset
