#include "datasets/builtin.h"

#include "datasets/product_shards.h"

namespace twinset {

void register_builtin_datasets(DatasetRegistry& registry) {
  registry.add<ProductShardsOptions>("product_shards", "WebDataset tar shards of key.jpg and key.json", make_product_shards);
}

}  // namespace twinset
