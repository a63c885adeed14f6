// The judging that the retrieval protocols share: a query looks for any document of its group.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "eval/subject.h"

namespace twinset {

/// Strings as numbers, in order of first occurrence: captions, category names.
class Groups {
 public:
  int64_t of(const std::string& name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::unordered_map<std::string, int64_t> number_;
  std::vector<std::string> names_;
};

/// Queries against a gallery. A document is relevant if it is of the query's group.
struct GroupRetrieval {
  at::Tensor queries;                   ///< [Q, D] unit rows
  at::Tensor gallery;                   ///< [G, D] unit rows
  std::vector<int64_t> query_groups;    ///< [Q]
  std::vector<int64_t> gallery_groups;  ///< [G]
  std::vector<int64_t>
      left_out;  ///< [Q] a gallery row that does not count for the query, or empty: none
  std::vector<std::string> query_names;  ///< [Q]
};

/// Exact search, then for each cut K, as means over the queries that have a relevant document:
/// - hit@K: 1 if any relevant document is among the first K ("hit-based recall", CLIP's and TIRG's
///   Recall@K);
/// - recall@K: the share of the relevant documents among the first K ("fractional recall", BEIR's
///   and Marqo's);
/// - precision@K: their number over K;
/// - mrr@(largest K): one over the rank of the first relevant document, 0 beyond the largest K;
/// - num_queries, num_documents.
/// Equal scores by the lower gallery row. Memory: nothing of queries x documents.
ProtocolReport judge_group_retrieval(const GroupRetrieval& task, const std::string& prefix,
                                     const std::vector<int64_t>& cuts);

}  // namespace twinset
