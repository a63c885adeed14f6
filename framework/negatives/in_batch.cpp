#include "framework/negatives/in_batch.h"

#include "framework/negatives/mixed.h"

namespace twinset {

std::unique_ptr<Negatives> make_in_batch(const InBatchOptions& options,
                                         const NegativesContext& context) {
  return make_mix({.sources = {},
                   .known_positives = parse_known_positives(options.known_positives),
                   .column_per_query = !options.deduplicate,
                   .log_q = options.log_q},
                  context);
}

}  // namespace twinset
