#pragma once

#include <cstdint>
#include <vector>

#include "framework/retrieval/index.h"
#include "framework/retrieval/top_k.h"

namespace twinset {

/// Exact search over documents that come block by block: a gallery that is embedded in batches need
/// never be in memory.
///
/// Memory: a copy of the queries and 2 k candidates a query; nothing grows with the number of
/// documents. No matrix of scores exists: a tile of them is compared with each query's k-th best
/// score so far, and almost all are forgotten there. Results are the same bit for bit for any cut
/// into blocks and any number of threads (score_tile.h).
/// Ties: the lower document first, also at the cut.
class StreamingSearch {
 public:
  /// @param num_threads  0 for one a core
  StreamingSearch(FloatRows queries, int64_t k, int num_threads);

  /// The next documents; they are numbered on. May be forgotten afterwards.
  /// @throws ShapeError, DataError as Index
  void add(FloatRows documents);
  /// The same for documents that are known to be finite.
  void add_checked(FloatRows documents);

  /// Ends the stream.
  SearchHits finish();

 private:
  void scan(int64_t first_panel, int64_t num_panels, FloatRows documents, int64_t first_document,
            TopK* tops) const;

  int64_t num_queries_, k_, dim_;
  int64_t num_documents_ = 0;
  int num_threads_;
  std::vector<float> panels_;  // [panels, dim, kPanelQueries], zeros beyond the last query
  std::vector<TopK> tops_;     // [num_queries]
};

}  // namespace twinset
