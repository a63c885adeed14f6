#pragma once

#include <memory>

#include "framework/core/options.h"
#include "framework/negatives/candidate_source.h"

namespace twinset {

/// Options of `queue`.
struct QueueOptions {
  int64_t size = 4096;
  double momentum = 0.0;
  int64_t start_step = 0;

  template <class V>
  void visit(V&& v) {
    v("size", size,
      Field{.help = "embeddings that are remembered, first in, first out",
            .unit = "documents",
            .min = 1});
    v("momentum", momentum,
      Field{.help = "of the slow document tower whose embeddings are remembered (MoCo: 0.999); 0: "
                    "no such tower, the embeddings "
                    "of the step itself (XBM)",
            .min = 0,
            .max = 0.999999});
    v("start_step", start_step,
      Field{.help = "the queue fills, but is not used before: early embeddings change too fast "
                    "(XBM: 1000)",
            .unit = "steps",
            .min = 0});
  }
};

/// The documents drawn in past steps, with the embeddings of that time and without gradient: many
/// negatives for no computation.
///
/// After each step the distinct documents that it drew enter, in ascending order, and the oldest
/// leave. With momentum m, a slow copy of the document tower is moved first,
/// \f$ \theta_k \leftarrow m\theta_k + (1-m)\theta \f$, and embeds them. Of a document that is
/// remembered several times, the newest embedding is proposed; pairs are judged by the label table,
/// so a true document is never a negative.
///
/// Law: present with probability \f$ 1 - (1 - p_j)^{nB} \f$ if the queue reaches n steps back (the
/// oldest counts whole), per step.
/// Statistics: num_entries; age, mean number of steps since the proposed entries were made.
/// Source: He et al. 2020, arXiv:1911.05722 (MoCo); Wang et al. 2020, arXiv:1912.06798 (XBM).
/// @throws ConfigError  momentum without NegativesContext::towers
std::unique_ptr<CandidateSource> make_queue(const QueueOptions& options,
                                            const NegativesContext& context);

}  // namespace twinset
