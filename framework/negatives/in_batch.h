#pragma once

#include <memory>

#include "framework/core/options.h"
#include "framework/negatives/log_q.h"
#include "framework/negatives/negatives.h"

namespace twinset {

/// Options of `in_batch`.
struct InBatchOptions {
  bool deduplicate = true;
  std::string known_positives = "positive";
  LogQOptions log_q = {};

  template <class V>
  void visit(V&& v) {
    v("deduplicate", deduplicate,
      Field{.help =
                "one column a distinct document; false: one column a query, as plain CLIP has it"});
    v("known_positives", known_positives,
      Field{.help = "what a true pair is that was not the one drawn: positive (a loss with one "
                    "target leaves it out of its "
                    "denominator), excluded, or negative (the false negatives of plain CLIP, to "
                    "compare with)",
            .choices = {"positive", "excluded", "negative"}});
    v("log_q", log_q, Field{});
  }
};

/// In-batch negatives: one true document is drawn for each query, and the documents drawn for the
/// others are its negatives.
///
/// With `deduplicate`, columns are the distinct documents in ascending order. A query without any
/// document has no target.
/// Distributed: the batch is that of all ranks, so negatives come from every device.
/// Source: Radford et al. 2021, arXiv:2103.00020 (the plain form); the label table instead of the
/// diagonal is ours, for attribute phrases repeat in every batch.
std::unique_ptr<Negatives> make_in_batch(const InBatchOptions& options,
                                         const NegativesContext& context);

}  // namespace twinset
