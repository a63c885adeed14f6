#include "datasets/builtin.h"

#include "datasets/fashion200k.h"
#include "datasets/product_shards.h"
#include "datasets/relabelled.h"
#include "datasets/rendered_wardrobe.h"

namespace twinset {

void register_builtin_datasets(DatasetRegistry& registry) {
  registry.add<ProductShardsOptions>(
      "product_shards", "WebDataset tar shards of key.jpg and key.json", make_product_shards);
  registry.add<Fashion200kOptions>("fashion200k", "Fashion200K's label files and image folders",
                                   make_fashion200k);
  registry.add<RelabelledOptions>(
      "relabelled", "another data set's products with attributes from JSON lines", make_relabelled);
  registry.add<wardrobe::WardrobeOptions>(
      "wardrobe", "garments rendered from known attributes, made on first use",
      make_rendered_wardrobe);
}

}  // namespace twinset
