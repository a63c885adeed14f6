#pragma once

#include <memory>

#include "experiments/pinlanding/chat/chat_options.h"
#include "experiments/pinlanding/extract/attribute_provider.h"

namespace twinset::pinlanding {

/// A vision-language model behind the OpenAI-compatible interface.
struct HttpProviderOptions {
  ChatOptions chat;
  std::string model;
  std::string system;
  std::string prompt;
  Node schema = Node::map();
  std::string response_format = "json_schema";
  bool send_image = true;
  int64_t max_tokens = 400;
  double temperature = 0;
  Node extra = Node::map();

  template <class V>
  void visit(V&& v) {
    chat.visit(v);
    v("model", model, Field{.help = "its name at the server"});
    v("system", system, Field{.help = "system message; empty: none"});
    v("prompt", prompt,
      Field{.help = "user message; {title}, {fields} (the merchant's, a line each), {families} (of "
                    "the schema, with descriptions) and {id} are filled in"});
    v("schema", schema,
      Field{.help = "JSON schema of an answer; its properties are the families that are allowed"});
    v("response_format", response_format,
      Field{.help = "how the server is told the schema: by json_schema, as any object, or by the "
                    "prompt alone",
            .choices = {"json_schema", "json_object", "none"}});
    v("send_image", send_image, Field{.help = "the product's image goes with the prompt"});
    v("max_tokens", max_tokens, Field{.help = "longest answer", .unit = "tokens", .min = 1});
    v("temperature", temperature, Field{.help = "of sampling; 0: the likeliest answer", .min = 0});
    v("extra", extra, Field{.help = "more members of the request, {seed: 1}"});
  }
};

/// Answers are kept in cache.jsonl of the stage's folder: what was answered is never asked again.
/// @throws ConfigError for an empty model or prompt, a placeholder that is not known, a schema
/// without properties, and what
///         check_chat_options finds
std::unique_ptr<AttributeProvider> make_http_provider(const HttpProviderOptions& options,
                                                      const ProviderContext& context);

/// The body of the request for a product. @throws DataError if its image can't be read
std::string chat_request(const HttpProviderOptions& options, const CatalogueProduct& product);

}  // namespace twinset::pinlanding
