#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "framework/core/registry.h"
#include "framework/negatives/negatives.h"

namespace twinset {

/// Columns that a source proposes for a step, the same for all queries. A document may be among
/// them twice: `mixed` merges.
struct ProposedColumns {
  std::vector<int64_t> documents;   ///< documents to embed now; gradient flows to them
  std::vector<int64_t> remembered;  ///< [R] documents that come with an embedding from before
  at::Tensor embeddings;            ///< [R, D] theirs, without gradient; undefined if R = 0
  NegativesStatistics statistics;   ///< names without the source's, which `mixed` puts in front
};

/// How likely a document is among a source's columns.
struct InclusionLaw {
  double per_query =
      0;  ///< probability that one query of the batch, drawn from the training set, brings it
  double per_step = 0;  ///< probability that it is there whatever the queries are
};

/// What a step computed, for sources that remember it.
struct FinishedStep {
  std::vector<int64_t> samples;    ///< [B] positions of the queries in the data set
  at::Tensor queries;              ///< [B, D] without gradient, before the optimiser's step
  std::vector<int64_t> documents;  ///< [M] documents that were embedded
  std::vector<bool> is_drawn;      ///< [M] whether a query drew it as its positive
  at::Tensor embeddings;           ///< [M, D] theirs, without gradient, before the optimiser's step
};

/// Where candidates come from beside the documents that the batch's queries drew: one idea a
/// source, `mixed` does the rest (merging, labels, log q). Every rank has the same state and
/// proposes the same columns.
class CandidateSource {
 public:
  virtual ~CandidateSource() = default;
  /// A function of the arguments and of `state` alone.
  /// @param drawn  [B] each query's drawn positive, or -1
  virtual ProposedColumns propose(const NegativesRequest& request,
                                  const std::vector<int64_t>& drawn) = 0;
  /// Whether `law` is known; otherwise log q can only be estimated from what was seen.
  virtual bool has_law() const { return false; }
  /// The law of the columns last proposed.
  virtual InclusionLaw law(int64_t /*document*/) const { return {}; }
  /// After the optimiser's step; the only place where state changes.
  virtual void finish_step(const FinishedStep& /*step*/) {}
  /// As Negatives::state.
  virtual NamedTensors state() const { return {}; }
};

using CandidateSourceRegistry = Registry<CandidateSource, const NegativesContext&>;

}  // namespace twinset
