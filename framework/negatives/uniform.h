#pragma once

#include <memory>

#include "framework/core/options.h"
#include "framework/negatives/candidate_source.h"

namespace twinset {

/// Options of `uniform`.
struct UniformOptions {
  int64_t num_samples = 64;

  template <class V>
  void visit(V&& v) {
    v("num_samples", num_samples,
      Field{.help = "different documents drawn for each step", .unit = "documents", .min = 1});
  }
};

/// Documents drawn uniformly from the vocabulary, without replacement, anew each step and for all
/// queries: rare documents, which a batch seldom draws, are pushed away too. Keyed by (seed, step).
///
/// Law: each document with probability min(1, num_samples / V), per step.
/// Source: Yang et al. 2020, "Mixed negative sampling for learning two-tower neural networks in
/// recommendations".
std::unique_ptr<CandidateSource> make_uniform(const UniformOptions& options,
                                              const NegativesContext& context);

}  // namespace twinset
