#pragma once

#include "framework/sweep/search.h"

namespace twinset {

/// `grid` has no options.
struct GridSearchOptions {
  template <class V>
  void visit(V&&) {}
};

/// Every combination of the axes' values. @throws ConfigError for an interval, which has no list of
/// values
std::unique_ptr<Search> make_grid_search(const GridSearchOptions& options,
                                         const SearchContext& context);

}  // namespace twinset
