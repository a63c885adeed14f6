// A model behind the OpenAI-compatible interface: what it is asked, and in which form it answers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "experiments/pinlanding/chat/chat_options.h"
#include "framework/data/dataset.h"

namespace twinset::pinlanding {

struct ChatModelOptions {
  ChatOptions chat;
  std::string model;
  std::string system;
  std::string prompt;
  Node schema = Node::map();
  std::string response_format = "json_schema";
  int64_t max_tokens = 400;
  double temperature = 0;
  Node extra = Node::map();

  template <class V>
  void visit(V&& v) {
    chat.visit(v);
    v("model", model, Field{.help = "its name at the server"});
    v("system", system, Field{.help = "system message; empty: none"});
    v("prompt", prompt,
      Field{.help = "user message; names in braces are filled in, which ones says the "
                    "configuration's own comment"});
    v("schema", schema, Field{.help = "JSON schema of an answer"});
    v("response_format", response_format,
      Field{.help = "how the server is told the schema: by json_schema, as any object, or by the "
                    "prompt alone",
            .choices = {"json_schema", "json_object", "none"}});
    v("max_tokens", max_tokens, Field{.help = "longest answer", .unit = "tokens", .min = 1});
    v("temperature", temperature, Field{.help = "of sampling; 0: the likeliest answer", .min = 0});
    v("extra", extra, Field{.help = "more members of the request, {seed: 1}"});
  }
};

/// Checks the options without connecting.
/// @param path  where they stand, for messages
/// @throws ConfigError for an empty model or prompt, a schema without properties, options that hold
/// the API key itself, and what check_chat_options finds
void check_chat_model(const ChatModelOptions& options, const std::string& path);

/// The names of the schema's properties.
std::vector<std::string> schema_properties(const Node& schema);

/// Attributes as a prompt shows them, a line "family: value" each.
std::string attribute_lines(const std::vector<Attribute>& attributes);

/// The body of a request. A brace of the prompt that holds none of `placeholders` stays, so that a
/// prompt can show JSON.
/// @param value      what a placeholder stands for
/// @param image_uri  a picture that goes with the prompt; empty: none
/// @param name       of the schema, which some servers want
std::string chat_request(const ChatModelOptions& options,
                         const std::vector<std::string>& placeholders,
                         const std::function<std::string(const std::string&)>& value,
                         const std::string& image_uri, const std::string& name);

}  // namespace twinset::pinlanding
