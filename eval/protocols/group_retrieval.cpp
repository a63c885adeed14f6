#include "eval/protocols/group_retrieval.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/protocol.h"
#include "framework/retrieval/exact_index.h"

namespace twinset {
namespace {

FloatRows rows_of(const at::Tensor& matrix) {
  return {matrix.const_data_ptr<float>(), matrix.size(0), matrix.size(1)};
}

// The ranks, from 1, at which the query's relevant documents stand among its hits.
std::vector<int64_t> relevant_ranks(const GroupRetrieval& task, const SearchHits& hits,
                                    int64_t query, int64_t depth) {
  const auto q = static_cast<size_t>(query);
  const int64_t left_out = task.left_out.empty() ? -1 : task.left_out[q];
  std::vector<int64_t> ranks;
  int64_t rank = 0;
  for (const int64_t document : hits.documents_of(query)) {
    if (document < 0) break;
    if (document == left_out) continue;
    if (++rank > depth) break;
    if (task.gallery_groups[static_cast<size_t>(document)] == task.query_groups[q])
      ranks.push_back(rank);
  }
  return ranks;
}

}  // namespace

int64_t Groups::of(const std::string& name) {
  const auto [place, is_new] = number_.emplace(name, static_cast<int64_t>(names_.size()));
  if (is_new) names_.push_back(name);
  return place->second;
}

ProtocolReport judge_group_retrieval(const GroupRetrieval& task, const std::string& prefix,
                                     const std::vector<int64_t>& cuts) {
  const int64_t depth = *std::ranges::max_element(cuts);
  std::unordered_map<int64_t, int64_t> group_size;
  for (const int64_t group : task.gallery_groups) ++group_size[group];
  const SearchHits hits = make_exact_index({}, rows_of(task.gallery))
                              ->search(rows_of(task.queries), depth + !task.left_out.empty());

  ProtocolReport report;
  std::vector<std::string> names;
  for (const int64_t k : cuts) {
    for (const char* name : {"hit", "recall", "precision"})
      report.queries.push_back({fmt::format("{}.{}@{}", prefix, name, k), {}, {}});
  }
  report.queries.push_back({fmt::format("{}.mrr@{}", prefix, depth), {}, {}});
  for (int64_t q = 0; q < hits.num_queries; ++q) {
    const auto at = static_cast<size_t>(q);
    int64_t num_relevant = group_size[task.query_groups[at]];
    if (!task.left_out.empty() && task.left_out[at] >= 0) {
      num_relevant -=
          task.gallery_groups[static_cast<size_t>(task.left_out[at])] == task.query_groups[at];
    }
    if (num_relevant == 0) continue;
    const std::vector<int64_t> ranks = relevant_ranks(task, hits, q, depth);
    size_t column = 0;
    const auto append = [&](double value) {
      report.queries[column].queries.push_back(task.query_names[at]);
      report.queries[column++].values.push_back(value);
    };
    for (const int64_t k : cuts) {
      const auto found =
          static_cast<double>(std::upper_bound(ranks.begin(), ranks.end(), k) - ranks.begin());
      append(found > 0 ? 1.0 : 0.0);
      append(found / static_cast<double>(num_relevant));
      append(found / static_cast<double>(k));
    }
    append(ranks.empty() ? 0.0 : 1.0 / static_cast<double>(ranks.front()));
  }
  for (const QueryValues& values : report.queries) {
    Mean mean;
    for (const double value : values.values) mean.add(value);
    mean.report(values.metric, report.metrics);
  }
  report.metrics.emplace_back(prefix + ".num_queries", report.queries.front().values.size());
  report.metrics.emplace_back(prefix + ".num_documents", task.gallery_groups.size());
  return report;
}

}  // namespace twinset
