#include "framework/retrieval/recall_of_search.h"

#include <fmt/format.h>

#include <algorithm>

namespace twinset {

double recall_of_search(const SearchHits& found, const SearchHits& exact) {
  if (found.num_queries != exact.num_queries || found.k < exact.k) {
    throw ShapeError({.where = "recall of search",
                      .what = fmt::format("{} queries with {} places against {} with {}",
                                          found.num_queries, found.k, exact.num_queries, exact.k),
                      .expected = "the same queries, and at least as many places"});
  }
  int64_t num_found = 0, num_exact = 0;
  std::vector<int64_t> documents;
  for (int64_t q = 0; q < exact.num_queries; ++q) {
    const auto first = found.documents_of(q).first(static_cast<size_t>(exact.k));
    documents.assign(first.begin(), first.end());
    std::sort(documents.begin(), documents.end());
    for (const int64_t document : exact.documents_of(q)) {
      if (document < 0) continue;
      ++num_exact;
      num_found += std::binary_search(documents.begin(), documents.end(), document);
    }
  }
  return num_exact > 0 ? static_cast<double>(num_found) / static_cast<double>(num_exact) : 1.0;
}

}  // namespace twinset
