#pragma once

#include <memory>

#include "framework/core/options.h"
#include "framework/negatives/candidate_source.h"

namespace twinset {

/// Options of `mined`.
struct MinedOptions {
  int64_t num_per_query = 1;
  int64_t refresh_every = 100;
  int64_t start_step = 0;
  int64_t depth = 50;
  int64_t skip_top = 0;
  double positive_margin = 0.95;
  Node index = default_index();

  static Node default_index() {
    Node node = Node::map();
    node.set("name", "exact");
    return node;
  }

  template <class V>
  void visit(V&& v) {
    v("num_per_query", num_per_query,
      Field{.help = "documents mined for each query", .unit = "documents", .min = 1});
    v("refresh_every", refresh_every,
      Field{.help = "all documents are embedded anew and indexed this often",
            .unit = "steps",
            .min = 1});
    v("start_step", start_step,
      Field{.help = "the first index is made then: an untrained tower knows no hard negatives",
            .unit = "steps",
            .min = 0});
    v("depth", depth,
      Field{.help = "nearest documents that are looked at, the true ones among them",
            .unit = "documents",
            .min = 1});
    v("skip_top", skip_top,
      Field{.help = "the nearest documents that are not known to be true and yet left out, as they "
                    "often are",
            .unit = "documents",
            .min = 0});
    v("positive_margin", positive_margin,
      Field{.help = "a document is taken only if its cosine is below this share of the drawn "
                    "positive's; 0: no such filter",
            .min = 0});
    v("index", index,
      Field{.help = "how the nearest are found, by name with its options: exact compares every "
                    "document, hnsw and ivf do not "
                    "(hnsw with num_threads: 1 makes the same graph again when a run is resumed)"});
  }
};

/// Hard negatives by a stale index: for each query the documents nearest to it that are not true of
/// it.
///
/// Every `refresh_every` steps all documents are embedded with the weights of then, and indexed. A
/// query is searched with the embedding that it had when it was last in a batch; one that never was
/// gets none. Of the `depth` nearest documents the known true ones are dropped, then the `skip_top`
/// nearest, then those with a cosine of at least positive_margin times that of the query's drawn
/// positive; the first num_per_query left are embedded with gradient and are columns for all
/// queries.
/// Memory: (V + num_samples) x D numbers. No law: log q is estimated by the sketch.
/// Statistics: found_per_query, filtered_per_query (by the margin), index_age in steps.
/// Source: Xiong et al. 2020, arXiv:2007.00808 (ANCE: stale index, true positives dropped); de
/// Souza P. Moreira et al. 2024, arXiv:2407.15831 (NV-Retriever: the share of the positive's
/// score).
/// @throws ConfigError without NegativesContext::towers and num_samples; depth <= skip_top; an
/// unknown index
std::unique_ptr<CandidateSource> make_mined(const MinedOptions& options,
                                            const NegativesContext& context);

}  // namespace twinset
