#pragma once

#include <memory>

#include "experiments/pinlanding/chat/chat_model.h"
#include "experiments/pinlanding/extract/attribute_provider.h"

namespace twinset::pinlanding {

/// A vision-language model behind the OpenAI-compatible interface.
struct HttpProviderOptions {
  ChatModelOptions model;  ///< the schema's properties are the families that are allowed
  bool send_image = true;

  template <class V>
  void visit(V&& v) {
    model.visit(v);
    v("send_image", send_image, Field{.help = "the product's image goes with the prompt"});
  }
};

/// Answers are kept in cache.jsonl of the stage's folder: what was answered is never asked again.
/// @throws ConfigError  what check_chat_model finds
std::unique_ptr<AttributeProvider> make_http_provider(const HttpProviderOptions& options,
                                                      const ProviderContext& context);

/// The body of the request for a product; {title}, {fields} (the merchant's, a line each),
/// {families} (of the schema, with descriptions) and {id} are filled in.
/// @throws DataError if its image can't be read
std::string chat_request(const HttpProviderOptions& options, const CatalogueProduct& product);

}  // namespace twinset::pinlanding
