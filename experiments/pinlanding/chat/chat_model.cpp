#include "experiments/pinlanding/chat/chat_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "experiments/pinlanding/chat/chat_client.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

std::string filled(const std::string& prompt, const std::vector<std::string>& placeholders,
                   const std::function<std::string(const std::string&)>& value) {
  std::string text;
  for (size_t at = 0; at < prompt.size();) {
    const size_t end = prompt[at] == '{' ? prompt.find('}', at) : std::string::npos;
    const std::string name = end == std::string::npos ? "" : prompt.substr(at + 1, end - at - 1);
    if (std::find(placeholders.begin(), placeholders.end(), name) != placeholders.end()) {
      text += value(name);
      at = end + 1;
    } else {
      text += prompt[at++];
    }
  }
  return text;
}

}  // namespace

std::vector<std::string> schema_properties(const Node& schema) {
  const Node* properties = schema.find("properties");
  return properties == nullptr || !properties->is_map() ? std::vector<std::string>()
                                                        : properties->keys();
}

std::string attribute_lines(const std::vector<Attribute>& attributes) {
  std::string text;
  for (const Attribute& attribute : attributes)
    text += (text.empty() ? "" : "\n") + attribute.phrase();
  return text;
}

void check_chat_model(const ChatModelOptions& options, const std::string& path) {
  check_chat_options(options.chat, path);
  if (options.model.empty())
    throw ConfigError({.where = path + ".model",
                       .what = "is empty",
                       .expected = "the model's name at the server"});
  if (options.prompt.empty())
    throw ConfigError(
        {.where = path + ".prompt", .what = "is empty", .expected = "what the model is asked"});
  if (!options.schema.is_map() || schema_properties(options.schema).empty()) {
    throw ConfigError({.where = options.schema.where(path + ".schema"),
                       .what = "has no properties",
                       .expected = "a JSON schema whose properties are the parts of an answer"});
  }
  if (!options.extra.is_map())
    throw ConfigError({.where = options.extra.where(path + ".extra"),
                       .what = "is " + options.extra.describe(),
                       .expected = "a map"});
  if (options.chat.api_key_env) {
    const std::string key = std::getenv(options.chat.api_key_env->c_str());
    if (to_yaml(options_to_node(options)).find(key) != std::string::npos) {
      throw ConfigError(
          {.where = path,
           .what = fmt::format("the options hold the key of {} itself", *options.chat.api_key_env),
           .todo = "take it out: only the variable's name belongs there"});
    }
  }
}

std::string chat_request(const ChatModelOptions& options,
                         const std::vector<std::string>& placeholders,
                         const std::function<std::string(const std::string&)>& value,
                         const std::string& image_uri, const std::string& name) {
  Json content =
      Json::array({{{"type", "text"}, {"text", filled(options.prompt, placeholders, value)}}});
  if (!image_uri.empty())
    content.push_back({{"type", "image_url"}, {"image_url", {{"url", image_uri}}}});
  Json request = {{"model", options.model},
                  {"messages", Json::array()},
                  {"max_tokens", options.max_tokens},
                  {"temperature", options.temperature}};
  if (!options.system.empty())
    request["messages"].push_back({{"role", "system"}, {"content", options.system}});
  request["messages"].push_back({{"role", "user"}, {"content", content}});
  if (options.response_format == "json_schema") {
    request["response_format"] = {
        {"type", "json_schema"},
        {"json_schema",
         {{"name", name}, {"strict", true}, {"schema", twinset::to_json(options.schema)}}}};
  } else if (options.response_format == "json_object") {
    request["response_format"] = {{"type", "json_object"}};
  }
  for (const auto& [key, member] : options.extra.as_map()) request[key] = twinset::to_json(member);
  return request.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace twinset::pinlanding
