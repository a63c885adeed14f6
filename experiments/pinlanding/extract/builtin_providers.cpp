#include "experiments/pinlanding/extract/catalog_provider.h"
#include "experiments/pinlanding/extract/http_provider.h"
#include "experiments/pinlanding/extract/recorded_provider.h"

namespace twinset::pinlanding {

ProviderRegistry builtin_providers() {
  ProviderRegistry registry("extract.provider");
  registry.add<CatalogProviderOptions>("catalog", "the merchant's own fields",
                                       make_catalog_provider);
  registry.add<HttpProviderOptions>(
      "http", "a vision-language model over the OpenAI-compatible interface", make_http_provider);
  registry.add<RecordedProviderOptions>("recorded", "a file of answers", make_recorded_provider);
  registry.add<WardrobeProviderOptions>("wardrobe", "the rendered wardrobe's imperfect model",
                                        make_wardrobe_provider);
  return registry;
}

}  // namespace twinset::pinlanding
