#include "framework/sweep/search.h"

#include "framework/sweep/ask_tell.h"
#include "framework/sweep/grid_search.h"
#include "framework/sweep/random_search.h"

namespace twinset {

void register_builtin_searches(SearchRegistry& registry) {
  registry.add<GridSearchOptions>(
      "grid", "every combination of the axes' values; the last axis turns fastest",
      make_grid_search);
  registry.add<AskTellOptions>(
      "ask_tell", "another program picks each job by the results so far, such as Optuna",
      make_ask_tell);
  registry.add<RandomSearchOptions>(
      "random", "a number of jobs, each value drawn independently of the others",
      make_random_search);
}

}  // namespace twinset
