#include "eval/protocols/builtin.h"

#include "eval/protocols/attributes.h"
#include "eval/protocols/caption_image.h"
#include "eval/protocols/classification.h"
#include "eval/protocols/composed_retrieval.h"
#include "eval/protocols/text_to_product.h"

namespace twinset {

void register_builtin_protocols(ProtocolRegistry& registry) {
  registry.add<EvaluationOptions>(
      "attributes", "products and attribute phrases, both ways, and tuples of attributes",
      make_attributes_protocol);
  registry.add<CaptionImageOptions>(
      "caption_image", "captions look for images, images for captions", make_caption_image);
  registry.add<ComposedRetrievalOptions>("composed_retrieval",
                                         "an image and 'replace A with B' look for images",
                                         make_composed_retrieval);
  registry.add<KnnOptions>("knn", "the nearest training products vote for a category", make_knn);
  registry.add<LinearProbeOptions>("linear_probe", "logistic regression on frozen embeddings",
                                   make_linear_probe);
  registry.add<TextToProductOptions>("text_to_product",
                                     "categories or titles look for products, as Marqo does it",
                                     make_text_to_product);
  registry.add<ZeroShotOptions>("zero_shot", "the nearest phrase names the category",
                                make_zero_shot);
}

}  // namespace twinset
