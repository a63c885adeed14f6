#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/random.h"
#include "framework/core/registry.h"
#include "framework/negatives/candidates.h"

namespace twinset {

/// Who the queries and documents of one step are.
struct NegativesRequest {
  const SparsePairs* labels = nullptr;   ///< [B, V] true documents of each query
  const std::vector<int64_t>* samples = nullptr;  ///< [B] positions of the queries in the data set: keys of random draws
  uint64_t seed = 0;
  int64_t epoch = 0;
};

/// Which documents to embed for a step, and how each query relates to them.
struct DocumentPlan {
  std::vector<int64_t> documents;  ///< [M] document ids (columns of the label table) to embed now
  Candidates candidates;           ///< all but `embeddings`, which `gather` fills in
};

/// Numbers that explain a step's candidates.
using NegativesStatistics = std::vector<std::pair<std::string, double>>;

/// Turns labels into candidates: chooses the documents that a batch of queries is compared with, before they are embedded
/// (`plan`), and puts the candidates together afterwards (`gather`). Anything that crosses devices happens in `gather`.
class Negatives {
 public:
  virtual ~Negatives() = default;
  virtual DocumentPlan plan(const NegativesRequest& request) const = 0;
  /// @param documents_MD  [M, D] embeddings of `plan.documents`
  virtual Candidates gather(DocumentPlan plan, const at::Tensor& documents_MD) const;
  /// Number of columns, positives a row, excluded pairs a row.
  static NegativesStatistics statistics(const Candidates& candidates);
};

/// What strategies must know of the training set.
struct NegativesContext {
  int64_t num_documents = 0;              ///< V
  std::vector<int64_t> document_counts;   ///< [V] training queries that each document is true of
};

using NegativesRegistry = Registry<Negatives, const NegativesContext&>;

}  // namespace twinset
