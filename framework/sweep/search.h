#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "framework/config/sweep.h"
#include "framework/core/registry.h"
#include "framework/sweep/manifest.h"

namespace twinset {

/// What a search answers when it is asked for a job.
struct Proposal {
  enum class Kind {
    kJob,
    kWait,
    kDone
  };  ///< wait: none now, ask again after a result; done: none any more
  Kind kind = Kind::kDone;
  std::vector<std::string> overrides;  ///< of a job: a value for each axis
};

/// Picks the jobs of a sweep, one after the other, perhaps by the results of earlier ones.
class Search {
 public:
  virtual ~Search() = default;
  /// The overrides of job `number`; numbers go up from 0 by one for each job that was proposed.
  virtual Proposal ask(int64_t number) = 0;
  /// A job of this sweep, perhaps of an earlier process, that is complete or has failed for good.
  /// In any order.
  virtual void tell(const JobRecord&) {}
  /// Whether it needs results: its jobs are then made while the sweep runs. Otherwise all are
  /// known, and checked, before.
  virtual bool is_adaptive() const { return false; }
};

/// What a search picks from.
struct SearchContext {
  std::vector<SweepAxis> axes;
  std::filesystem::path folder;  ///< of the sweep; for adaptive searches
};

using SearchRegistry = Registry<Search, const SearchContext&>;

/// Registers every search of this folder.
void register_builtin_searches(SearchRegistry& registry);

}  // namespace twinset
