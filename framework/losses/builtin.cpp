#include "framework/losses/builtin.h"

#include "framework/losses/info_nce.h"
#include "framework/losses/sigmoid.h"
#include "framework/losses/sup_con.h"

namespace twinset {

void register_builtin_losses(LossRegistry& registry) {
  registry.add<InfoNceOptions>("info_nce", "softmax cross-entropy of one target against negatives, both ways", make_info_nce);
  registry.add<SigmoidOptions>("sigmoid", "a binary decision for every pair (SigLIP)", make_sigmoid);
  registry.add<SupConOptions>("sup_con", "softmax over candidates, mean over all positives (SupCon-out)", make_sup_con);
}

}  // namespace twinset
