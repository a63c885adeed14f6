#include "experiments/composed_retrieval/composed_model.h"

#include <ATen/Context.h>

#include "experiments/composed_retrieval/image_documents.h"

namespace twinset {
namespace {

std::unique_ptr<Encoder> make_tower(const Node& node, const std::string& where,
                                    const EncoderContext& context, const Plugins& plugins) {
  const Node* name = node.find("name");
  if (name != nullptr && *name == Node("none")) {
    throw ConfigError({.where = node.where(where),
                       .what = "is none",
                       .expected = "a tower: queries are made of images and texts",
                       .todo = "for example: encoder=resnet title_encoder=token_mean"});
  }
  return plugins.encoders.create(node, context);
}

}  // namespace

ComposedModel make_composed_model(const ComposedRunOptions& options, const std::string& query,
                                  int64_t seed, const Tokenizer& tokenizer,
                                  const ComposedGallery& gallery, const Plugins& plugins) {
  at::manual_seed(static_cast<uint64_t>(seed));
  const EncoderContext context{.image_size = options.transform.image_size,
                               .token_vocabulary = tokenizer.vocabulary_size(),
                               .context_length = options.title_length,
                               .embedding_dim = options.embedding_dim};
  // Both are made in any case, so that a tower starts from the same weights in every row of the
  // table.
  auto image = make_tower(options.encoder, "encoder", context, plugins);
  auto text = make_tower(options.title_encoder, "title_encoder", context, plugins);
  ComposedModel result;
  result.image = image.get();
  FusionOptions fusion = options.fusion;
  fusion.kind = query;
  if (query == "image") {
    text.reset();
  } else if (query == "text") {
    result.image_alone = std::move(image);
  }
  DualEncoder& encoders = result.model.encoders;
  encoders.query = make_product_encoder(std::move(image), std::move(text), fusion, context);
  encoders.document = make_image_documents(
      *result.image, gallery.images, parse_precision(options.trainer.precision), query == "text");
  result.model.loss = plugins.losses.create(options.loss);
  encoders.to_device(options.trainer.device);
  result.model.loss->to_device(options.trainer.device);
  return result;
}

}  // namespace twinset
