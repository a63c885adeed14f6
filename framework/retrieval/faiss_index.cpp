#include "framework/retrieval/faiss_index.h"

#include <ATen/Parallel.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexPQ.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

// FAISS takes its number of threads from OpenMP's setting, which torch shares.
class OpenMpThreads {
 public:
  explicit OpenMpThreads(int num_threads) : before_(at::get_num_threads()) {
    at::set_num_threads(num_threads > 0 ? num_threads : available_cores());
  }
  ~OpenMpThreads() { at::set_num_threads(before_); }
  OpenMpThreads(const OpenMpThreads&) = delete;
  OpenMpThreads& operator=(const OpenMpThreads&) = delete;

 private:
  int before_;
};

class FaissIndex : public Index {
 public:
  FaissIndex(std::unique_ptr<faiss::Index> index, int num_threads, FloatRows documents)
      : index_(std::move(index)), num_threads_(num_threads) {
    const OpenMpThreads threads(num_threads_);
    if (!index_->is_trained) index_->train(documents.num_rows, documents.values);
    index_->add(documents.num_rows, documents.values);
  }

  int64_t num_documents() const override { return index_->ntotal; }

  SearchHits search(FloatRows queries, int64_t k) const override {
    check_search(queries, k, index_->d);
    const OpenMpThreads threads(num_threads_);
    SearchHits hits{queries.num_rows, k, {}, {}};
    hits.documents.resize(static_cast<size_t>(queries.num_rows * k));
    hits.scores.resize(hits.documents.size());
    index_->search(queries.num_rows, queries.values, k, hits.scores.data(), hits.documents.data());
    for (int64_t q = 0; q < hits.num_queries; ++q) order_ties(hits, q);
    return hits;
  }

 private:
  // Best first already; where scores are equal, the lower document first. Places left hold FAISS's
  // lowest score.
  static void order_ties(SearchHits& hits, int64_t query) {
    const auto begin = hits.documents.begin() + query * hits.k, end = begin + hits.k;
    const auto score = hits.scores.begin() + query * hits.k;
    for (auto first = begin; first != end;) {
      const float value = score[first - begin];
      auto last = first;
      while (last != end && score[last - begin] == value) ++last;
      if (*first >= 0)
        std::sort(first, last);
      else
        std::fill(score + (first - begin), score + (last - begin),
                  -std::numeric_limits<float>::infinity());
      first = last;
    }
  }

  std::unique_ptr<faiss::Index> index_;
  int num_threads_;
};

}  // namespace

std::unique_ptr<Index> make_flat_index(const FlatIndexOptions& options, FloatRows documents) {
  check_rows(documents, "document");
  return std::make_unique<FaissIndex>(std::make_unique<faiss::IndexFlatIP>(documents.dim),
                                      options.num_threads, documents);
}

std::unique_ptr<Index> make_hnsw_index(const HnswIndexOptions& options, FloatRows documents) {
  check_rows(documents, "document");
  auto index = std::make_unique<faiss::IndexHNSWFlat>(documents.dim, options.num_neighbors,
                                                      faiss::METRIC_INNER_PRODUCT);
  index->hnsw.efConstruction = static_cast<int>(options.build_breadth);
  index->hnsw.efSearch = static_cast<int>(options.search_breadth);
  return std::make_unique<FaissIndex>(std::move(index), options.num_threads, documents);
}

std::unique_ptr<Index> make_ivf_index(const IvfIndexOptions& options, FloatRows documents) {
  check_rows(documents, "document");
  int64_t num_lists = options.num_lists;
  if (num_lists == 0)
    num_lists =
        std::max<int64_t>(1, std::llround(std::sqrt(static_cast<double>(documents.num_rows))));
  if (num_lists > documents.num_rows) {
    throw ConfigError(
        {.where = "index.num_lists",
         .what = fmt::format("{} lists for {} documents", num_lists, documents.num_rows),
         .expected = "no more lists than documents",
         .todo = "leave it at 0 for the square root of the number of documents"});
  }
  auto quantizer = std::make_unique<faiss::IndexFlatIP>(documents.dim);
  auto index = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), documents.dim, num_lists,
                                                     faiss::METRIC_INNER_PRODUCT);
  index->own_fields = true;
  quantizer.release();
  index->nprobe = static_cast<size_t>(std::min(options.num_probes, num_lists));
  index->cp.min_points_per_centroid = 1;  // else a warning on stderr for small collections
  return std::make_unique<FaissIndex>(std::move(index), options.num_threads, documents);
}

std::unique_ptr<Index> make_pq_index(const PqIndexOptions& options, FloatRows documents) {
  check_rows(documents, "document");
  if (documents.dim % options.num_codes != 0) {
    throw ConfigError({.where = "index.num_codes",
                       .what = fmt::format("{} codes for embeddings of width {}", options.num_codes,
                                           documents.dim),
                       .expected = "a divisor of the width"});
  }
  const int64_t num_centroids = int64_t{1} << options.bits_per_code;
  if (documents.num_rows < num_centroids) {
    throw ConfigError(
        {.where = "index.bits_per_code",
         .what = fmt::format("{} centroids for {} documents", num_centroids, documents.num_rows),
         .expected = "no more centroids than documents to learn them from",
         .todo = "lower bits_per_code, or use exact search for so few documents"});
  }
  auto index = std::make_unique<faiss::IndexPQ>(
      documents.dim, static_cast<size_t>(options.num_codes),
      static_cast<size_t>(options.bits_per_code), faiss::METRIC_INNER_PRODUCT);
  index->pq.cp.min_points_per_centroid = 1;
  return std::make_unique<FaissIndex>(std::move(index), options.num_threads, documents);
}

}  // namespace twinset
