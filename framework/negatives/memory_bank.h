#pragma once

#include <memory>

#include "framework/core/options.h"
#include "framework/negatives/candidate_source.h"

namespace twinset {

/// Options of `memory_bank`.
struct MemoryBankOptions {
  int64_t num_samples = 256;
  double momentum = 0.5;

  template <class V>
  void visit(V&& v) {
    v("num_samples", num_samples,
      Field{.help = "different documents drawn from the bank for each step",
            .unit = "documents",
            .min = 1});
    v("momentum", momentum,
      Field{.help = "share of the old embedding that is kept when a document is embedded again",
            .min = 0,
            .max = 0.999999});
  }
};

/// One remembered embedding for each document of the vocabulary; each step draws some of those that
/// have one, uniformly and without replacement, keyed by (seed, step). They carry no gradient.
///
/// After a step, each document that it embedded is moved:
/// \f$ v \leftarrow (m v + (1-m) e) / |m v + (1-m) e| \f$; the first time v = e.
/// Memory: V x D numbers.
/// Law: num_samples / (documents in the bank), per step, for a document that is in it.
/// Statistics: num_entries; age, mean number of steps since the drawn documents were embedded.
/// Source: Wu et al. 2018, arXiv:1805.01978, section 3.
std::unique_ptr<CandidateSource> make_memory_bank(const MemoryBankOptions& options,
                                                  const NegativesContext& context);

}  // namespace twinset
