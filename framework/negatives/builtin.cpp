#include "framework/negatives/builtin.h"

#include "framework/negatives/full_vocabulary.h"
#include "framework/negatives/in_batch.h"
#include "framework/negatives/memory_bank.h"
#include "framework/negatives/mined.h"
#include "framework/negatives/mixed.h"
#include "framework/negatives/queue.h"
#include "framework/negatives/same_family.h"
#include "framework/negatives/uniform.h"

namespace twinset {
namespace {

// A source is a strategy by its own name, and can be named in `mixed`.
template <class Options>
void add_source(NegativesRegistry& registry, const std::string& name, const std::string& help,
                std::unique_ptr<CandidateSource> (*make)(const Options&, const NegativesContext&)) {
  registry.add<SingleSourceOptions<Options>>(
      name, help,
      [name, make](const SingleSourceOptions<Options>& options, const NegativesContext& context) {
        MixParts parts{.sources = {},
                       .known_positives = parse_known_positives(options.mix.known_positives),
                       .log_q = options.mix.log_q};
        parts.sources.emplace_back(name, make(options.source, context));
        return make_mix(std::move(parts), context);
      });
}
template <class Options>
void add_source(CandidateSourceRegistry& registry, const std::string& name, const std::string& help,
                std::unique_ptr<CandidateSource> (*make)(const Options&, const NegativesContext&)) {
  registry.add<Options>(name, help, make);
}

template <class Registry>
void add_sources(Registry& registry) {
  add_source(registry, "memory_bank", "remembered embeddings, one a document, drawn uniformly",
             make_memory_bank);
  add_source(registry, "mined", "the documents nearest to each query by a stale index, filtered",
             make_mined);
  add_source(registry, "queue",
             "the documents of past steps, with the embeddings of that time (MoCo, XBM)",
             make_queue);
  add_source(registry, "same_family", "other values of the drawn document's attribute family",
             make_same_family);
  add_source(registry, "uniform", "documents drawn uniformly from the vocabulary", make_uniform);
}

}  // namespace

CandidateSourceRegistry builtin_candidate_sources() {
  CandidateSourceRegistry sources("negatives source");
  add_sources(sources);
  return sources;
}

void register_builtin_negatives(NegativesRegistry& registry) {
  registry.add<InBatchOptions>("in_batch", "the documents drawn for the other queries of the batch",
                               make_in_batch);
  registry.add<FullVocabularyOptions>("full_vocabulary", "every document, every step: exact",
                                      make_full_vocabulary);
  registry.add<MixedOptions>("mixed", "the batch's documents and those of any sources", make_mixed);
  add_sources(registry);
}

}  // namespace twinset
