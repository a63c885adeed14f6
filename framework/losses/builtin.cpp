#include "framework/losses/builtin.h"

#include "framework/losses/alignment.h"
#include "framework/losses/asymmetric.h"
#include "framework/losses/circle.h"
#include "framework/losses/cwcl.h"
#include "framework/losses/cyclic_consistency.h"
#include "framework/losses/dcl.h"
#include "framework/losses/distillation.h"
#include "framework/losses/embedding_mse.h"
#include "framework/losses/gcl.h"
#include "framework/losses/hcl.h"
#include "framework/losses/info_nce.h"
#include "framework/losses/koleo.h"
#include "framework/losses/margin_softmax.h"
#include "framework/losses/matryoshka.h"
#include "framework/losses/multi_positive.h"
#include "framework/losses/multi_similarity.h"
#include "framework/losses/proxy_anchor.h"
#include "framework/losses/relevance_levels.h"
#include "framework/losses/sigmoid.h"
#include "framework/losses/soft_target.h"
#include "framework/losses/sup_con.h"
#include "framework/losses/sup_con_in.h"
#include "framework/losses/triplet.h"
#include "framework/losses/uniformity.h"
#include "framework/losses/weighted_sum.h"

namespace twinset {

void register_builtin_losses(LossRegistry& registry) {
  registry.add<InfoNceOptions>("info_nce",
                               "softmax cross-entropy of one target against negatives, both ways",
                               make_info_nce);
  registry.add<SigmoidOptions>("sigmoid", "a binary decision for every pair (SigLIP)",
                               make_sigmoid);
  registry.add<SupConOptions>(
      "sup_con", "softmax over candidates, mean over all positives (SupCon-out)", make_sup_con);
  registry.add<SupConInOptions>(
      "sup_con_in", "softmax over candidates, positives share one probability (MIL-NCE)",
      make_sup_con_in);
  registry.add<SoftTargetOptions>("soft_target", "cross-entropy with weighted or smoothed targets",
                                  make_soft_target);
  registry.add<MultiPositiveOptions>("multi_positive", "every positive against the negatives alone",
                                     make_multi_positive);
  registry.add<DclOptions>("dcl", "the positive is not in the denominator (DCL, DCLW, Proxy-NCA)",
                           make_dcl);
  registry.add<HclOptions>("hcl", "harder negatives weigh more, unknown positives are subtracted",
                           make_hcl);
  registry.add<CwclOptions>(
      "cwcl", "every candidate is a positive as far as a teacher finds it similar", make_cwcl);
  registry.add<GclOptions>("gcl", "cross-entropy of each pair, weighted by its relevance",
                           make_gcl);
  registry.add<MarginSoftmaxOptions>("margin_softmax",
                                     "softmax that must be won by a margin (ArcFace, CosFace)",
                                     make_margin_softmax);
  registry.add<TripletOptions>(
      "triplet", "each positive against mined negatives (VSE++, semi-hard, distance-weighted)",
      make_triplet);
  registry.add<CircleOptions>("circle", "pairs weigh by how far they are from their aim",
                              make_circle);
  registry.add<MultiSimilarityOptions>(
      "multi_similarity", "soft maxima over mined positives and negatives", make_multi_similarity);
  registry.add<ProxyAnchorOptions>(
      "proxy_anchor", "documents as proxies that pull and push queries", make_proxy_anchor);
  registry.add<AsymmetricOptions>(
      "asymmetric", "a binary decision for every pair, easy negatives fade (ASL, BCE)",
      make_asymmetric);
  registry.add<RelevanceLevelsOptions>("relevance_levels", "soft levels of relevance of every pair",
                                       make_relevance_levels);
  registry.add<DistillationOptions>("distillation", "a teacher's softmax over the candidates",
                                    make_distillation);
  registry.add<EmbeddingMseOptions>("embedding_mse", "a teacher's embeddings", make_embedding_mse);
  registry.add<CyclicConsistencyOptions>("cyclic_consistency",
                                         "regulariser: pairs see each other alike (CyCLIP)",
                                         make_cyclic_consistency);
  registry.add<KoleoOptions>("koleo", "regulariser: nearest neighbours keep away", make_koleo);
  registry.add<UniformityOptions>("uniformity", "regulariser: embeddings spread over the sphere",
                                  make_uniformity);
  registry.add<AlignmentOptions>("alignment", "regulariser: positive pairs are close",
                                 make_alignment);
  registry.add<MatryoshkaOptions>("matryoshka", "a loss on the leading dimensions too",
                                  make_matryoshka);
  registry.add<WeightedSumOptions>("weighted_sum", "a weighted sum of losses", make_weighted_sum);
}

}  // namespace twinset
