#include "experiments/twinset/plugins.h"

#include "datasets/builtin.h"
#include "eval/protocols/builtin.h"
#include "framework/encoders/builtin.h"
#include "framework/losses/builtin.h"
#include "framework/negatives/builtin.h"
#include "framework/optim/builtin.h"
#include "framework/retrieval/builtin.h"
#include "framework/sweep/builtin.h"

namespace twinset {

Plugins builtin_plugins() {
  Plugins plugins;
  register_builtin_datasets(plugins.datasets);
  register_builtin_encoders(plugins.encoders);
  register_builtin_negatives(plugins.negatives);
  register_builtin_losses(plugins.losses);
  register_builtin_optimizers(plugins.optimizers);
  register_builtin_schedules(plugins.schedules);
  register_builtin_indexes(plugins.indexes);
  register_builtin_protocols(plugins.protocols);
  register_builtin_launchers(plugins.launchers);
  register_builtin_searches(plugins.searches);
  return plugins;
}

}  // namespace twinset
