#pragma once

#include "framework/sweep/search.h"

namespace twinset {

/// Options of `random`.
struct RandomSearchOptions {
  int64_t num_jobs = 20;
  int64_t seed = 1;

  template <class V>
  void visit(V&& v) {
    v("num_jobs", num_jobs,
      Field{.help = "jobs to draw; two that come out the same are both run",
            .unit = "jobs",
            .min = 1,
            .max = 1'000'000});
    v("seed", seed,
      Field{.help = "of the draws: the same seed and axes give the same jobs", .min = 0});
  }
};

/// Draws each job's values independently: uniformly from an axis' points, uniformly from
/// interval(low,high), or from the whole numbers of int(interval(low,high)), both ends included,
/// uniformly in the logarithm from tag(log,interval(low,high)).
/// Job n is a function of (seed, n, the axis' key) alone, so more jobs extend fewer, and another
/// axis changes no draw of this one.
/// @throws ConfigError for an interval whose ends are not in order, or not above 0 although it is
/// logarithmic
std::unique_ptr<Search> make_random_search(const RandomSearchOptions& options,
                                           const SearchContext& context);

}  // namespace twinset
