#include "framework/negatives/builtin.h"

#include "framework/negatives/full_vocabulary.h"
#include "framework/negatives/in_batch.h"

namespace twinset {

void register_builtin_negatives(NegativesRegistry& registry) {
  registry.add<InBatchOptions>("in_batch", "the documents drawn for the other queries of the batch", make_in_batch);
  registry.add<FullVocabularyOptions>("full_vocabulary", "every document, every step: exact", make_full_vocabulary);
}

}  // namespace twinset
