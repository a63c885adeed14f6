#include "framework/retrieval/builtin.h"

#include "framework/retrieval/exact_index.h"
#include "framework/retrieval/faiss_index.h"

namespace twinset {

void register_builtin_indexes(IndexRegistry& registry) {
  registry.add<ExactIndexOptions>("exact", "every document, streaming, ties by the lower document",
                                  make_exact_index);
  registry.add<FlatIndexOptions>("flat", "every document, by FAISS", make_flat_index);
  registry.add<HnswIndexOptions>("hnsw", "a small-world graph, by FAISS", make_hnsw_index);
  registry.add<IvfIndexOptions>("ivf", "inverted lists, by FAISS", make_ivf_index);
  registry.add<PqIndexOptions>("pq", "product quantisation, by FAISS", make_pq_index);
}

}  // namespace twinset
