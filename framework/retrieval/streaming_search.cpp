#include "framework/retrieval/streaming_search.h"

#include <algorithm>
#include <array>
#include <limits>

#include "framework/core/thread_pool.h"
#include "framework/retrieval/score_tile.h"

namespace twinset {
namespace {

// Panels that share a walk over the documents: a tile of documents stays in the first cache, these
// in the second.
constexpr int64_t kPanelFloats = 64 * 1024;

// Without a branch a lane, so that it is vectorised.
bool any_is_greater(const float* scores, const float* thresholds) {
  int any = 0;
  for (int64_t lane = 0; lane < kPanelQueries; ++lane) any |= scores[lane] > thresholds[lane];
  return any != 0;
}

}  // namespace

StreamingSearch::StreamingSearch(FloatRows queries, int64_t k, int num_threads)
    : num_queries_(queries.num_rows),
      k_(k),
      dim_(queries.dim),
      num_threads_(num_threads > 0 ? num_threads : available_cores()) {
  check_search(queries, k, queries.dim);
  const int64_t num_panels = (num_queries_ + kPanelQueries - 1) / kPanelQueries;
  panels_.assign(static_cast<size_t>(num_panels * dim_ * kPanelQueries), 0.0F);
  for (int64_t q = 0; q < num_queries_; ++q) {
    float* lane = panels_.data() + q / kPanelQueries * dim_ * kPanelQueries + q % kPanelQueries;
    for (int64_t d = 0; d < dim_; ++d) lane[d * kPanelQueries] = queries.row(q)[d];
  }
  tops_.assign(static_cast<size_t>(num_queries_), TopK(k));
}

void StreamingSearch::scan(int64_t first_panel, int64_t num_panels, FloatRows documents,
                           int64_t first_document, TopK* tops) const {
  const ScoreTile score_tile = best_score_tile();
  const int64_t first_query = first_panel * kPanelQueries;
  const int64_t end_query = std::min(num_queries_, first_query + num_panels * kPanelQueries);
  // Lanes without a query let nothing pass.
  std::vector<float> thresholds(static_cast<size_t>(num_panels * kPanelQueries),
                                std::numeric_limits<float>::infinity());
  for (int64_t q = first_query; q < end_query; ++q)
    thresholds[static_cast<size_t>(q - first_query)] = tops[q].threshold();
  alignas(64) std::array<float, kTileDocuments * kPanelQueries> scores;
  std::array<const float*, kTileDocuments> rows;
  for (int64_t begin = 0; begin < documents.num_rows; begin += kTileDocuments) {
    const int64_t count = std::min(kTileDocuments, documents.num_rows - begin);
    // A tile that is not full repeats its last row.
    for (int64_t i = 0; i < kTileDocuments; ++i)
      rows[static_cast<size_t>(i)] = documents.row(begin + std::min(i, count - 1));
    for (int64_t panel = 0; panel < num_panels; ++panel) {
      score_tile(panels_.data() + (first_panel + panel) * dim_ * kPanelQueries, rows.data(), dim_,
                 scores.data());
      float* threshold = thresholds.data() + panel * kPanelQueries;
      for (int64_t i = 0; i < count; ++i) {
        const float* row = scores.data() + i * kPanelQueries;
        if (!any_is_greater(row, threshold)) continue;
        for (int64_t lane = 0; lane < kPanelQueries; ++lane) {
          if (!(row[lane] > threshold[lane])) continue;
          TopK& top = tops[first_query + panel * kPanelQueries + lane];
          top.push(row[lane], first_document + begin + i);
          threshold[lane] = top.threshold();
        }
      }
    }
  }
}

void StreamingSearch::add(FloatRows documents) {
  check_rows(documents, "document");
  if (documents.dim != dim_) check_search({nullptr, 0, dim_}, k_, documents.dim);
  add_checked(documents);
}

void StreamingSearch::add_checked(FloatRows documents) {
  const int64_t num_panels = static_cast<int64_t>(panels_.size()) / (dim_ * kPanelQueries);
  int64_t group = std::max<int64_t>(1, kPanelFloats / (dim_ * kPanelQueries));
  group = std::min(group, std::max<int64_t>(1, num_panels / num_threads_));
  const int64_t num_groups = (num_panels + group - 1) / group;
  if (num_groups >= num_threads_) {
    parallel_for(num_groups, num_threads_, [&](int64_t g) {
      scan(g * group, std::min(group, num_panels - g * group), documents, num_documents_,
           tops_.data());
    });
  } else {
    // Few queries: each thread takes a range of the documents; the ranges are put together in their
    // order.
    const int64_t range = (documents.num_rows + num_threads_ - 1) / num_threads_;
    std::vector<std::vector<TopK>> parts(static_cast<size_t>(num_threads_),
                                         std::vector<TopK>(tops_.size(), TopK(k_)));
    parallel_for(num_threads_, num_threads_, [&](int64_t t) {
      const int64_t first = t * range;
      if (first >= documents.num_rows) return;
      scan(0, num_panels, documents.slice(first, std::min(range, documents.num_rows - first)),
           num_documents_ + first, parts[static_cast<size_t>(t)].data());
    });
    for (std::vector<TopK>& part : parts) {
      for (size_t q = 0; q < tops_.size(); ++q) {
        for (const ScoredDocument& entry : part[q].finish())
          tops_[q].push(entry.score, entry.document);
      }
    }
  }
  num_documents_ += documents.num_rows;
}

SearchHits StreamingSearch::finish() {
  SearchHits hits{num_queries_, k_, {}, {}};
  hits.documents.assign(static_cast<size_t>(num_queries_ * k_), -1);
  hits.scores.assign(hits.documents.size(), -std::numeric_limits<float>::infinity());
  for (size_t q = 0; q < tops_.size(); ++q) {
    size_t place = q * static_cast<size_t>(k_);
    for (const ScoredDocument& entry : tops_[q].finish()) {
      hits.documents[place] = entry.document;
      hits.scores[place++] = entry.score;
    }
  }
  return hits;
}

}  // namespace twinset
