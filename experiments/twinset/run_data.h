#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "experiments/twinset/plugins.h"
#include "experiments/twinset/run_options.h"

namespace twinset {

/// One split as a run uses it.
struct SplitData {
  std::unique_ptr<Dataset> dataset;
  SparsePairs labels;  ///< [size, V]
  at::Tensor titles;   ///< [size, title_length] int64; undefined if titles are not read
};

/// What a run needs of its data: splits, vocabulary, tokenizer, documents.
struct RunData {
  std::map<std::string, SplitData> splits;  ///< "train", "val", "test"
  AttributeVocabulary vocabulary;
  std::unique_ptr<Tokenizer> tokenizer;
  at::Tensor document_tokens;  ///< [V, attribute_length] int64

  const SplitData& split(const std::string& name) const { return splits.at(name); }
};

/// Opens the data sets, builds vocabulary and tokenizer from the training split, and saves both in
/// `folder` (vocabulary.json, tokenizer.json). Where `folder` holds them already, they are read
/// instead, so that a checkpoint always meets the vocabulary that it was trained with. An empty
/// `folder` reads and writes no file.
RunData load_run_data(const RunOptions& options, const Plugins& plugins,
                      const std::filesystem::path& folder);

}  // namespace twinset
