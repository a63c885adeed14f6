// A run's embeddings as plain files, so that any other program can judge them.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace twinset {

/// One split's products.
struct SplitEmbeddings {
  std::string name;              ///< such as "test"
  std::vector<std::string> ids;  ///< [N]
  at::Tensor embeddings;         ///< [N, D]
};

struct EmbeddingExport {
  std::vector<std::string> phrases;  ///< [V] "key: value"
  at::Tensor attribute_embeddings;   ///< [V, D]
  std::vector<SplitEmbeddings> splits;
  double inverse_temperature = 0.0;
  std::vector<std::string> tuple_phrases;  ///< [T] such as "Men Navy Blue Tshirts"; may be empty
  at::Tensor tuple_embeddings;             ///< [T, D]
};

/// Writes to `folder`, each file atomically:
///   vocab.txt        one phrase a line            attr.npy     float32 [V, D]
///   SPLIT.ids.txt    one product id a line        SPLIT.npy    float32 [N, D]
///   phrases.txt      one tuple phrase a line      phrases.npy  float32 [T, D]; if there are tuples
///   meta.json        {"scale": inverse temperature}
///
/// @throws ShapeError if names and rows do not fit, DataError if an id or a phrase holds a line
/// break, SystemError.
void export_embeddings(const EmbeddingExport& embeddings, const std::filesystem::path& folder);

}  // namespace twinset
