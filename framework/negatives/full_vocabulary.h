#pragma once

#include <memory>

#include "framework/core/options.h"
#include "framework/negatives/negatives.h"

namespace twinset {

/// Options of `full_vocabulary`: none.
struct FullVocabularyOptions {
  template <class V>
  void visit(V&&) {}
};

/// Every document of the vocabulary is a candidate in every step: exact, without sampling, the
/// reference for all sampled strategies. Column j is document j; all true pairs are positive; one
/// of them is drawn as the target of losses that have a single one. Affordable for thousands of
/// documents.
std::unique_ptr<Negatives> make_full_vocabulary(const FullVocabularyOptions& options,
                                                const NegativesContext& context);

}  // namespace twinset
