#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/random.h"
#include "framework/core/registry.h"
#include "framework/core/tensor_fwd.h"
#include "framework/negatives/candidates.h"
#include "framework/negatives/document_towers.h"

namespace twinset {

/// Who the queries and documents of one step are.
struct NegativesRequest {
  const SparsePairs* labels = nullptr;  ///< [B, V] true documents of each query
  const std::vector<int64_t>* samples =
      nullptr;  ///< [B] positions of the queries in the data set: keys of random draws
  uint64_t seed = 0;
  int64_t epoch = 0;
  int64_t step = 0;  ///< optimiser steps before this one
};

/// Which documents to embed for a step, and how each query relates to them.
struct DocumentPlan {
  std::vector<int64_t> documents;  ///< [M] document ids (columns of the label table) to embed now
  at::Tensor
      remembered;  ///< [N - M, D] embeddings of the columns behind those; undefined: there are none
  Candidates candidates;  ///< all but `embeddings`, which `gather` fills in: N columns
};

/// Numbers that explain a step's candidates.
using NegativesStatistics = std::vector<std::pair<std::string, double>>;

/// Turns labels into candidates: chooses the documents that a batch of queries is compared with,
/// before they are embedded (`plan`), and puts the candidates together afterwards (`gather`). One
/// step calls plan, gather and, if the step counts, finish_step, once each, however many chunks or
/// ranks embed the batch.
///
/// Distributed: the request holds the samples of all ranks, in the order of the ranks, and every
/// rank makes the same plan of it; `gather` sees all their embeddings. So W ranks compare what one
/// process with the whole batch would.
class Negatives {
 public:
  virtual ~Negatives() = default;
  /// A function of the request and of `state` alone.
  virtual DocumentPlan plan(const NegativesRequest& request) = 0;
  /// The default: the columns are `plan.documents`, then those of `plan.remembered`, which `plan`
  /// adds to `candidates.documents`.
  /// @param queries_BD    [B, D] embeddings of the batch, L2-normalised
  /// @param documents_MD [M, D] embeddings of `plan.documents`; gradient flows to them through the
  /// candidates
  virtual Candidates gather(DocumentPlan plan, const at::Tensor& queries_BD,
                            const at::Tensor& documents_MD);
  /// After the optimiser's step; never for a step that was skipped. What a strategy remembers
  /// changes here.
  virtual void finish_step() {}
  /// What it remembers, under stable names, sharing storage: part of a checkpoint. Shapes never
  /// change.
  virtual NamedTensors state() const { return {}; }
  /// Number of columns; a row's positives, excluded pairs, and known true pairs kept from being its
  /// negatives (masked); then what the strategy says itself.
  static NegativesStatistics statistics(const Candidates& candidates);
};

/// What strategies must know of the training set, and what they may call. Only `num_documents` is
/// needed by all; a strategy that misses another field says so.
struct NegativesContext {
  int64_t num_documents = 0;  ///< V
  std::vector<int64_t> document_counts =
      {};  ///< [V] training queries that each document is true of
  std::vector<int64_t> document_families = {};  ///< [V] index of each document's attribute family
  int64_t num_samples = 0;                      ///< training queries
  int64_t embedding_dim = 0;                    ///< D
  const SparsePairs* labels =
      nullptr;  ///< [num_samples, V] the training set's label table; outlives the strategy
  DocumentTowers towers = {};             ///< for strategies that embed documents themselves
  at::TensorOptions memory = at::kFloat;  ///< type and device of what strategies remember
};

using NegativesRegistry = Registry<Negatives, const NegativesContext&>;

}  // namespace twinset
