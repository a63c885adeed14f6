#pragma once

#include <memory>

#include "framework/retrieval/index.h"

namespace twinset {

struct ExactIndexOptions {
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
  }
};

/// Exact search (streaming_search.h) in documents that are read in place. Beyond the result it
/// needs memory for the queries' copy and for at most about 64 MiB of candidates.
std::unique_ptr<Index> make_exact_index(const ExactIndexOptions& options, FloatRows documents);

}  // namespace twinset
