#include "framework/optim/builtin.h"

#include "framework/optim/adamw.h"

namespace twinset {

void register_builtin_optimizers(OptimizerRegistry& registry) {
  registry.add<AdamWOptions>("adamw", "Adam with decoupled weight decay", make_adamw);
}

}  // namespace twinset
