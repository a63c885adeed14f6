#pragma once

#include <memory>

#include "framework/sweep/launcher.h"

namespace twinset {

/// `in_process` has no options.
struct InProcessOptions {
  template <class V>
  void visit(V&&) {}
};

/// Runs one job after the other in this process, for a debugger and for tests: a job that crashes
/// ends the sweep (which can be resumed). Otherwise use `local_pool`.
std::unique_ptr<Launcher> make_in_process(const InProcessOptions& options,
                                          const LaunchContext& context);

}  // namespace twinset
