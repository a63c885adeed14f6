// FAISS's indexes with inner products. FAISS's own headers stay in the source file.
#pragma once

#include <memory>

#include "framework/retrieval/index.h"

namespace twinset {

struct FlatIndexOptions {
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
  }
};

/// FAISS's brute force (IndexFlatIP): as exact as `exact`, with a copy of the documents.
std::unique_ptr<Index> make_flat_index(const FlatIndexOptions& options, FloatRows documents);

struct HnswIndexOptions {
  int64_t num_neighbors = 32;
  int64_t build_breadth = 80;
  int64_t search_breadth = 64;
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("num_neighbors", num_neighbors,
      Field{.help = "links of a document (M)", .min = 2, .max = 512});
    v("build_breadth", build_breadth,
      Field{.help = "candidates when a document is linked (efConstruction)", .min = 1});
    v("search_breadth", search_breadth,
      Field{.help = "candidates of a query (efSearch); at least k is used", .min = 1});
    v("num_threads", num_threads,
      Field{.help = "0 for one a core; 1 makes the same graph every time", .min = 0, .max = 1024});
  }
};

/// Navigable small-world graph (IndexHNSWFlat): fast queries, slow to build, a copy of the
/// documents and the links.
/// Source: Malkov and Yashunin 2018, arXiv:1603.09320.
std::unique_ptr<Index> make_hnsw_index(const HnswIndexOptions& options, FloatRows documents);

struct IvfIndexOptions {
  int64_t num_lists = 0;
  int64_t num_probes = 8;
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("num_lists", num_lists,
      Field{.help = "clusters; 0: the square root of the number of documents", .min = 0});
    v("num_probes", num_probes, Field{.help = "clusters that a query looks into", .min = 1});
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
  }
};

/// Inverted lists (IndexIVFFlat): documents by nearest centroid, a query looks into a few lists; a
/// copy of the documents.
std::unique_ptr<Index> make_ivf_index(const IvfIndexOptions& options, FloatRows documents);

struct PqIndexOptions {
  int64_t num_codes = 16;
  int64_t bits_per_code = 8;
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("num_codes", num_codes,
      Field{.help = "parts of an embedding, each replaced by its nearest centroid", .min = 1});
    v("bits_per_code", bits_per_code,
      Field{.help = "logarithm of the centroids of a part", .unit = "bits", .min = 1, .max = 12});
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
  }
};

/// Product quantisation (IndexPQ): num_codes x bits_per_code bits a document instead of 32 D;
/// scores are approximate.
/// Source: Jegou et al. 2011, IEEE TPAMI 33(1).
std::unique_ptr<Index> make_pq_index(const PqIndexOptions& options, FloatRows documents);

}  // namespace twinset
