// Nearest documents by inner product, behind one interface: exact search and FAISS's indexes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "framework/core/registry.h"

namespace twinset {

/// Rows of float32 values that somebody else owns, such as embeddings [num_rows, dim].
struct FloatRows {
  const float* values = nullptr;
  int64_t num_rows = 0;
  int64_t dim = 0;

  const float* row(int64_t i) const { return values + i * dim; }
  FloatRows slice(int64_t first, int64_t count) const { return {row(first), count, dim}; }
};

/// What a search found, for each query its k best documents, best first. Where fewer were found,
/// the places left hold document -1 and score -infinity.
struct SearchHits {
  int64_t num_queries = 0;
  int64_t k = 0;
  std::vector<int64_t> documents;  ///< [num_queries, k] rows of the documents
  std::vector<float> scores;       ///< [num_queries, k] inner products

  std::span<const int64_t> documents_of(int64_t query) const {
    return {documents.data() + query * k, static_cast<size_t>(k)};
  }
  std::span<const float> scores_of(int64_t query) const {
    return {scores.data() + query * k, static_cast<size_t>(k)};
  }
};

/// Finds the documents with the largest inner products, which are cosines if both sides have unit
/// rows.
///
/// Ties: equal scores by the lower document among those that are returned. `exact` also decides by
/// this rule which of them are returned; FAISS does not say which of several equal documents it
/// keeps at the cut.
class Index {
 public:
  virtual ~Index() = default;
  virtual int64_t num_documents() const = 0;
  /// The k best documents of each query; k may exceed the number of documents.
  /// @throws ShapeError if the widths differ or k < 1, DataError if a query is not finite.
  virtual SearchHits search(FloatRows queries, int64_t k) const = 0;
};

/// An index is made with its documents, which must stay where they are for as long as it is used:
/// exact search reads them in place, so that nothing of their size is held twice.
/// @throws DataError if there are no documents or one is not finite, ConfigError if the options do
/// not fit the documents.
using IndexRegistry = Registry<Index, FloatRows>;

/// Throws if rows are missing or not finite. @param what  the noun of a row, such as "document"
void check_rows(FloatRows rows, const char* what);

/// Throws if `queries` can't be searched for in documents of this width.
void check_search(FloatRows queries, int64_t k, int64_t dim);

}  // namespace twinset
