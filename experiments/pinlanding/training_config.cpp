#include "experiments/pinlanding/training_config.h"

#include "datasets/fashion200k.h"
#include "datasets/product_shards.h"
#include "datasets/wardrobe/wardrobe.h"
#include "experiments/pinlanding/stage.h"
#include "framework/data/file_patterns.h"

namespace twinset::pinlanding {
namespace {

using Paths = std::vector<std::filesystem::path>;

Paths files_of_patterns(const std::string& root, const std::vector<std::string>& patterns) {
  Paths paths;
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) continue;
    const Paths found = find_files(root, pattern);
    paths.insert(paths.end(), found.begin(), found.end());
  }
  return paths;
}

}  // namespace

Node training_config(const Node& config) {
  Node training = config;
  for (const char* key : {"stage", "folder", "base"}) training.erase(key);
  for (const char* stage : kStageNames) training.erase(stage);
  return training;
}

Paths dataset_files(const Node& reader) {
  const std::vector<std::string> known = {"wardrobe", "product_shards", "fashion200k"};
  const std::string name = required_name(reader, "dataset.reader", known);
  if (name == "wardrobe") {
    const std::filesystem::path folder =
        read_options<wardrobe::WardrobeOptions>(reader, "dataset.reader", {"name"}).folder;
    return {folder / "wardrobe.json", folder / "truth.jsonl"};
  }
  if (name == "product_shards") {
    const auto options = read_options<ProductShardsOptions>(reader, "dataset.reader", {"name"});
    return files_of_patterns(options.root, {options.train, options.val, options.test});
  }
  if (name == "fashion200k") {
    const auto options = read_options<Fashion200kOptions>(reader, "dataset.reader", {"name"});
    return files_of_patterns(options.root, {options.train_labels, options.test_labels});
  }
  throw_unknown_name(reader.at("name").where("dataset.reader.name"), "dataset.reader", name, known);
}

}  // namespace twinset::pinlanding
