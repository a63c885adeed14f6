#include "framework/retrieval/exact_index.h"

#include <algorithm>

#include "framework/retrieval/streaming_search.h"

namespace twinset {
namespace {

constexpr int64_t kCandidateBytes = int64_t{64} << 20;
constexpr int64_t kLeastQueries = 1024;

class ExactIndex : public Index {
 public:
  ExactIndex(const ExactIndexOptions& options, FloatRows documents)
      : options_(options), documents_(documents) {
    check_rows(documents, "document");
  }

  int64_t num_documents() const override { return documents_.num_rows; }

  SearchHits search(FloatRows queries, int64_t k) const override {
    check_search(queries, k, documents_.dim);
    const auto candidate_bytes = static_cast<int64_t>(sizeof(ScoredDocument)) * 2 * k;
    const int64_t block = std::max(kLeastQueries, kCandidateBytes / candidate_bytes);
    SearchHits all{queries.num_rows, k, {}, {}};
    for (int64_t first = 0; first < queries.num_rows; first += block) {
      StreamingSearch search(queries.slice(first, std::min(block, queries.num_rows - first)), k,
                             options_.num_threads);
      search.add_checked(documents_);
      const SearchHits hits = search.finish();
      all.documents.insert(all.documents.end(), hits.documents.begin(), hits.documents.end());
      all.scores.insert(all.scores.end(), hits.scores.begin(), hits.scores.end());
    }
    return all;
  }

 private:
  ExactIndexOptions options_;
  FloatRows documents_;
};

}  // namespace

std::unique_ptr<Index> make_exact_index(const ExactIndexOptions& options, FloatRows documents) {
  return std::make_unique<ExactIndex>(options, documents);
}

}  // namespace twinset
