#include "framework/optim/builtin.h"

#include "framework/optim/adamw.h"
#include "framework/optim/muon.h"

namespace twinset {

void register_builtin_optimizers(OptimizerRegistry& registry) {
  registry.add<AdamWOptions>("adamw", "Adam with decoupled weight decay", make_adamw);
  registry.add<MuonOptions>(
      "muon", "orthogonalised momentum for matrices and filters, AdamW for the rest", make_muon);
}

}  // namespace twinset
