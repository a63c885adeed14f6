#include "experiments/twinset/run_negatives.h"

#include "experiments/twinset/document_towers.h"

namespace twinset {

std::unique_ptr<Negatives> make_run_negatives(const RunOptions& options, const RunData& data,
                                              RunModel& model, const Plugins& plugins,
                                              at::ScalarType memory_type) {
  return plugins.negatives.create(
      options.negatives,
      NegativesContext{
          .num_documents = data.vocabulary.size(),
          .document_counts = data.vocabulary.counts(),
          .document_families = data.vocabulary.family_of(),
          .num_samples = data.split("train").dataset->size(),
          .embedding_dim = options.embedding_dim,
          .labels = &data.split("train").labels,
          .towers = make_document_towers(options, data, model, plugins),
          .memory = at::TensorOptions(memory_type).device(at::Device(options.trainer.device))});
}

}  // namespace twinset
