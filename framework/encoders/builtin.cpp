#include "framework/encoders/builtin.h"

#include "framework/encoders/resnet.h"
#include "framework/encoders/token_mean.h"
#include "framework/encoders/transformer.h"
#include "framework/encoders/vit.h"

namespace twinset {

void register_builtin_encoders(EncoderRegistry& registry) {
  registry.add<ResnetOptions>("resnet", "small residual network over images", make_resnet);
  registry.add<TokenMeanOptions>("token_mean", "mean of token embeddings", make_token_mean);
  registry.add<TransformerOptions>("transformer", "transformer over tokens, as CLIP's text tower",
                                   make_transformer);
  registry.add<VitOptions>("vit", "vision transformer over image patches", make_vit);
}

}  // namespace twinset
