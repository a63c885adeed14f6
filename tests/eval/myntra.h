#pragma once

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/atomic_file.h"
#include "framework/data/vocabulary.h"
#include "tests/eval/memory_dataset.h"

namespace twinset::testing {

inline constexpr const char* kNoMyntra = "TWINSET_SHARED names no folder with data/myntra";

/// The folder of the shards, or "" if it is not there.
inline std::filesystem::path myntra_folder() {
  const char* shared = std::getenv("TWINSET_SHARED");
  const std::filesystem::path folder =
      shared == nullptr ? "" : std::filesystem::path(shared) / "data" / "myntra";
  return shared != nullptr && std::filesystem::exists(folder / "myntra-test-000000.tar") ? folder
                                                                                         : "";
}

/// The JSON members of a plain ustar archive, as product records.
inline void append_shard(const std::filesystem::path& tar, const std::vector<std::string>& keys,
                         std::vector<ProductRecord>& records) {
  const std::string content = read_file(tar);
  for (size_t at = 0; at + 512 <= content.size() && content[at] != '\0';) {
    const std::string name(content.c_str() + at);
    const size_t size = std::stoul(content.substr(at + 124, 11), nullptr, 8);
    if (name.ends_with(".json")) {
      const auto json = nlohmann::json::parse(content.substr(at + 512, size));
      ProductRecord record{json.at("id"), json.at("title"), {}};
      for (const std::string& key : keys) {
        const std::string value = json.value(key, "");
        if (!value.empty()) record.attributes.push_back({key, value});
      }
      records.push_back(std::move(record));
    }
    at += 512 + (size + 511) / 512 * 512;
  }
}

/// Titles, attributes and labels of the photos' test split, with the vocabulary of the training
/// split.
struct Myntra {
  MemoryDataset test;
  AttributeVocabulary vocabulary;
  SparsePairs labels;
};

inline std::optional<Myntra> read_myntra() {
  const auto folder = myntra_folder();
  if (folder.empty()) return std::nullopt;
  const std::vector<std::string> keys = {"gender", "articleType", "baseColour",
                                         "season", "usage",       "subCategory"};
  std::vector<ProductRecord> train, test;
  for (int shard = 0; shard < 7; ++shard)
    append_shard(folder / ("myntra-train-00000" + std::to_string(shard) + ".tar"), keys, train);
  append_shard(folder / "myntra-test-000000.tar", keys, test);
  Myntra myntra{MemoryDataset(std::move(test)),
                AttributeVocabulary::build(MemoryDataset(std::move(train)), {.keys = keys}),
                {}};
  myntra.labels = label_table(myntra.test, myntra.vocabulary);
  return myntra;
}

}  // namespace twinset::testing
