// A catalogue through the query encoder, partition by partition.
#pragma once

#include <functional>
#include <vector>

#include "experiments/pinlanding/assign/catalogue_range.h"
#include "experiments/twinset/run_data.h"
#include "experiments/twinset/run_model.h"
#include "experiments/twinset/run_options.h"

namespace twinset::pinlanding {

/// What a partition's products are embedded with.
struct CatalogueEncoding {
  const RunOptions& run;
  const RunData& data;
  const RunModel& model;  ///< in evaluation mode
  const Catalogue& catalogue;
  int64_t partition_products;
};

/// Some of a partition's products, embedded.
struct EncodedBatch {
  int64_t partition = 0;
  int64_t first = 0;              ///< of the partition's products in the catalogue
  int64_t count = 0;              ///< the partition's products, broken ones among them
  std::vector<int64_t> samples;   ///< places in the catalogue of those that could be read, in order
  std::vector<float> embeddings;  ///< [samples, D], unit rows
  bool is_last = false;           ///< of the partition; it then holds no samples
};

/// Calls use(batch) for the partitions of `todo` in that order, the last of each with `is_last`.
/// While one is encoded, the next one's images are read and decoded, so that two partitions' images
/// are open at a time and none of another is in memory.
/// @throws Interrupted when asked to stop, DataError once more than loader.max_broken_share of the
/// catalogue's images are broken
void encode_partitions(const CatalogueEncoding& encoding, const std::vector<int64_t>& todo,
                       const std::function<void(EncodedBatch)>& use);

}  // namespace twinset::pinlanding
