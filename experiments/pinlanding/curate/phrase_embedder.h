// Phrases to unit vectors, by whatever is at hand: spelling, the trained attribute tower, or a
// model elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "experiments/twinset/plugins.h"
#include "framework/core/registry.h"

namespace twinset::pinlanding {

/// Embeddings of phrases, row by row.
struct PhraseEmbeddings {
  int64_t dim = 0;
  std::vector<float> values;  ///< [phrases, dim], unit rows
};

class PhraseEmbedder {
 public:
  virtual ~PhraseEmbedder() = default;
  /// @param phrases  of one family, normalised
  virtual PhraseEmbeddings embed(const std::string& family,
                                 const std::vector<std::string>& phrases) = 0;
};

using PhraseEmbedderRegistry = Registry<PhraseEmbedder, const Plugins&>;

struct TowerEmbedderOptions {
  std::string run;

  template <class V>
  void visit(V&& v) {
    v("run", run,
      Field{
          .help =
              "folder of a finished training run, whose attribute tower embeds 'family: phrase'"});
  }
};

struct VectorsEmbedderOptions {
  std::string vectors;
  std::string phrases;

  template <class V>
  void visit(V&& v) {
    v("vectors", vectors,
      Field{.help = ".npy of float32 rows from any model, such as MiniLM's of curate/phrases.txt"});
    v("phrases", phrases,
      Field{.help = "text file, line i is the phrase of row i as 'family: phrase'"});
  }
};

/// hashed_ngrams (phrase_ngrams.h), tower and vectors.
/// @throws ConfigError for a run or file that is not named, DataError for rows that don't match
/// lines, or a phrase without a row
PhraseEmbedderRegistry phrase_embedders();

}  // namespace twinset::pinlanding
