#pragma once

#include "framework/losses/cosine_loss.h"

namespace twinset {

/// Options of `triplet`.
struct TripletOptions {
  double margin = 0.2;
  std::string miner = "semi_hard";
  bool is_soft = false;
  double scale = 16.0;
  double document_weight = 0.5;
  double distance_cutoff = 0.5;
  double nonzero_loss_cutoff = 1.4;

  template <class V>
  void visit(V&& v) {
    v("margin", margin,
      Field{.help = "by which a positive's cosine must exceed a negative's", .min = 0});
    v("miner", miner,
      Field{.help = "which negatives a positive meets: all; the hardest of the line (VSE++); "
                    "semi_hard, the hardest that is less similar "
                    "than the positive, by less than the margin; distance_weighted, in expectation",
            .choices = {"all", "hardest", "semi_hard", "distance_weighted"}});
    v("is_soft", is_soft,
      Field{.help = "log(1 + exp(scale (s_n - s_p))) / scale instead of a margin"});
    v("scale", scale, Field{.help = "of the soft form", .above = 0});
    v("document_weight", document_weight, document_weight_field());
    v("distance_cutoff", distance_cutoff,
      Field{.help = "distance_weighted: smaller distances weigh like this one", .above = 0});
    v("nonzero_loss_cutoff", nonzero_loss_cutoff,
      Field{.help = "distance_weighted: negatives further away than this are not drawn",
            .above = 0});
  }
};

/// Triplet loss: each positive pair against mined negatives of its line.
///
/// \f$ d = \mathrm{mean}_i \sum_p \hat w_{ip} \sum_{n} q_{ipn} \left[\alpha + s_{in} -
/// s_{ip}\right]_+ \f$, or
/// \f$\log(1 + e^{\gamma(s_{in} - s_{ip})})/\gamma\f$ in place of the bracket (soft). q spreads 1
/// over a pair's negatives: evenly (all); all on the largest s (hardest), or on the largest in
/// \f$(s_{ip} - \alpha, s_{ip})\f$ (semi_hard; margin > 0); or
/// \f$\propto 1 / (d^{D-2}(1 - d^2/4)^{(D-3)/2})\f$ of the distance \f$d = \sqrt{2 - 2s}\f$
/// (distance_weighted), without gradient: the expectation of the sampled loss, so that the loss
/// stays a function.
///
/// Also known as: VSE++ (miner hardest; its sum of both directions is twice this), semi-hard
/// triplets (FaceNet), distance-weighted sampling.
/// Relations: `circle` and `multi_similarity` weigh all pairs at once.
///
/// Labels: every positive makes a triplet, weighted by positive_weights scaled to the sum 1 over a
/// line; excluded pairs are never negatives; pairs for which the miner finds no negative, and lines
/// without a pair, do not count. log_q: has no meaning, not read.
/// Statistics: accuracy. Memory: [pairs, L] but for the miner hardest. Numerics: in the type of the
/// queries. Distributed: none.
/// Source: Schroff et al. 2015, arXiv:1503.03832, eq. 3 and 4; Faghri et al. 2018,
/// arXiv:1707.05612, eq. 6; Wu et al. 2017, arXiv:1706.07567, eq. 2 and 3.
std::unique_ptr<Loss> make_triplet(const TripletOptions& options);

}  // namespace twinset
