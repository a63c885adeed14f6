#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/sparse_pairs.h"

namespace twinset {

/// The documents that a batch of queries is compared with, and what is known of each pair: what a
/// loss sees of the data.
///
/// A pair is positive, excluded (neither pulled nor pushed: a known positive that is not the
/// target, or a duplicate), or negative. Positive and excluded pairs are sparse and disjoint.
struct Candidates {
  at::Tensor embeddings;           ///< [N, D] L2-normalised; receives gradient
  SparsePairs positives;           ///< [B, N]
  SparsePairs excluded;            ///< [B, N]
  std::vector<int64_t> targets;    ///< [B] the column of each row's one sampled positive, which is
                                   ///< among `positives`; -1: none
  std::vector<int64_t> documents;  ///< [N] the document of each column, a column of the label table
  /// [N] float32, log of the expected number of columns that a column's document has among the
  /// candidates of a step: of the probability that it is there at all, where columns are distinct
  /// documents. Undefined: uniform.
  at::Tensor log_q;
  bool corrects_positives = true;  ///< false: log_q is taken from negatives only
  std::vector<float>
      positive_weights;        ///< one a pair of `positives`, how relevant it is, > 0; empty: all 1
  at::Tensor teacher_queries;  ///< [B, T] L2-normalised embeddings of a frozen model; undefined: no
                               ///< teacher
  at::Tensor
      teacher_documents;  ///< [N, T]; undefined: no teacher, or one that saw the queries alone
  std::vector<std::pair<std::string, double>>
      statistics;  ///< what the strategy says of this step; no loss reads it
};

}  // namespace twinset
