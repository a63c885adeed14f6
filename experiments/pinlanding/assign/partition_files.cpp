#include "experiments/pinlanding/assign/partition_files.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "eval/npy.h"
#include "framework/core/atomic_file.h"

namespace twinset::pinlanding {
namespace {

namespace fs = std::filesystem;

fs::path manifest_of(const fs::path& folder, int64_t index) {
  return folder / fmt::format("partition-{:05d}.json", index);
}

int64_t file_bytes(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? -1 : static_cast<int64_t>(size);
}

}  // namespace

std::string partition_name(int64_t index) { return fmt::format("products-{:05d}.jsonl", index); }

void write_partition(const fs::path& folder, const Partition& partition,
                     const std::string& digest) {
  // A manifest that is there from before must not vouch for what is written now.
  fs::remove(manifest_of(folder, partition.index));
  const fs::path lines = folder / partition_name(partition.index);
  AtomicFile file(lines);
  std::string text;
  for (const std::string& line : partition.lines) text += line + "\n";
  file.write(text);
  file.commit();
  nlohmann::ordered_json manifest = {{"digest", digest},
                                     {"first", partition.first},
                                     {"count", partition.count},
                                     {"broken", partition.broken},
                                     {"bytes", {{lines.filename().string(), file_bytes(lines)}}}};
  const std::string stem = fmt::format("embeddings/products-{:05d}", partition.index);
  if (partition.dim > 0) {
    std::string ids;
    for (const std::string& id : partition.ids) ids += id + "\n";
    write_npy(folder / (stem + ".npy"), partition.embeddings.data(),
              static_cast<int64_t>(partition.ids.size()), partition.dim);
    write_file(folder / (stem + ".ids.txt"), ids);
    for (const char* extension : {".npy", ".ids.txt"})
      manifest["bytes"][stem + extension] = file_bytes(folder / (stem + extension));
  } else {
    for (const char* extension : {".npy", ".ids.txt"}) fs::remove(folder / (stem + extension));
  }
  write_file(manifest_of(folder, partition.index), manifest.dump(1) + "\n");
}

bool is_partition_done(const fs::path& folder, int64_t index, const std::string& digest) {
  const fs::path file = manifest_of(folder, index);
  if (!fs::exists(file)) return false;
  const auto manifest = nlohmann::json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  if (!manifest.is_object() || manifest.value("digest", "") != digest ||
      !manifest.contains("bytes"))
    return false;
  for (const auto& [name, bytes] : manifest["bytes"].items()) {
    if (!bytes.is_number_integer() || file_bytes(folder / name) != bytes.get<int64_t>())
      return false;
  }
  return true;
}

int64_t num_broken_products(const fs::path& folder, int64_t index) {
  const auto manifest = nlohmann::json::parse(read_file(manifest_of(folder, index)));
  return static_cast<int64_t>(manifest.at("broken").size());
}

void remove_partitions_from(const fs::path& folder, int64_t count) {
  for (const fs::path& place : {folder, folder / "embeddings"}) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(place, ignored)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with("products-") && !name.starts_with("partition-")) continue;
      const size_t begin = name.find('-') + 1;
      const std::string digits = name.substr(begin, name.find('.') - begin);
      if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) continue;
      if (std::stoll(digits) >= count) fs::remove(entry.path());
    }
  }
}

}  // namespace twinset::pinlanding
