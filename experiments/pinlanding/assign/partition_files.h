// The files of a partition: lines of products, embeddings, and a manifest that is written last and
// says that both are whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace twinset::pinlanding {

/// A partition ready for the disk.
struct Partition {
  int64_t index = 0;
  int64_t first = 0;                ///< of its products in the catalogue
  int64_t count = 0;                ///< products, broken ones among them
  std::vector<std::string> ids;     ///< of the products that could be read
  std::vector<std::string> lines;   ///< their JSON
  std::vector<std::string> broken;  ///< ids of those that could not
  std::vector<float> embeddings;    ///< [lines, dim], or empty: not written
  int64_t dim = 0;
};

/// "products-00003.jsonl" and so on.
std::string partition_name(int64_t index);

/// Writes products-INDEX.jsonl, embeddings/products-INDEX.npy with
/// embeddings/products-INDEX.ids.txt, and partition-INDEX.json last, each whole or not at all.
/// @param digest  of everything that the content depends on
void write_partition(const std::filesystem::path& folder, const Partition& partition,
                     const std::string& digest);

/// Whether the partition is there, whole, and made from the same things.
bool is_partition_done(const std::filesystem::path& folder, int64_t index,
                       const std::string& digest);

/// How many of a finished partition's products had images that could not be read.
int64_t num_broken_products(const std::filesystem::path& folder, int64_t index);

/// Removes the files of partitions from `count` on: those of a larger catalogue or of smaller
/// partitions.
void remove_partitions_from(const std::filesystem::path& folder, int64_t count);

}  // namespace twinset::pinlanding
