#include "experiments/pinlanding/extract/http_provider.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "eval/data_uri.h"
#include "experiments/pinlanding/chat/chat_client.h"
#include "experiments/pinlanding/extract/parse_answer.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> kPlaceholders = {"title", "fields", "families", "id"};

std::vector<std::string> families_of(const Node& schema) {
  const Node* properties = schema.find("properties");
  return properties == nullptr || !properties->is_map() ? std::vector<std::string>()
                                                        : properties->keys();
}

std::string family_lines(const Node& schema) {
  std::string text;
  for (const std::string& family : families_of(schema)) {
    const Node* description = schema.at("properties").at(family).find("description");
    text += fmt::format(
        "{}{}{}", text.empty() ? "" : "\n", family,
        description != nullptr && description->is_string() ? ": " + description->as_string() : "");
  }
  return text;
}

std::string field_lines(const ProductRecord& record) {
  std::string text;
  for (const Attribute& attribute : record.attributes)
    text += (text.empty() ? "" : "\n") + attribute.phrase();
  return text;
}

// A brace that holds no placeholder's name stays, so that a prompt can show JSON.
std::string filled(const std::string& prompt,
                   const std::function<std::string(const std::string&)>& value) {
  std::string text;
  for (size_t at = 0; at < prompt.size();) {
    const size_t end = prompt[at] == '{' ? prompt.find('}', at) : std::string::npos;
    const std::string name = end == std::string::npos ? "" : prompt.substr(at + 1, end - at - 1);
    if (std::find(kPlaceholders.begin(), kPlaceholders.end(), name) != kPlaceholders.end()) {
      text += value(name);
      at = end + 1;
    } else {
      text += prompt[at++];
    }
  }
  return text;
}

void check_options(const HttpProviderOptions& options) {
  const std::string path = "extract.provider";
  check_chat_options(options.chat, path);
  if (options.model.empty())
    throw ConfigError({.where = path + ".model",
                       .what = "is empty",
                       .expected = "the model's name at the server"});
  if (options.prompt.empty())
    throw ConfigError(
        {.where = path + ".prompt", .what = "is empty", .expected = "what the model is asked"});
  if (!options.schema.is_map() || families_of(options.schema).empty()) {
    throw ConfigError({.where = options.schema.where(path + ".schema"),
                       .what = "has no properties",
                       .expected = "a JSON schema whose properties are the families"});
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

class HttpProvider : public AttributeProvider {
 public:
  HttpProvider(HttpProviderOptions options, std::filesystem::path folder)
      : options_(std::move(options)), folder_(std::move(folder)) {}

  void extract(const std::vector<CatalogueProduct>& products, const UseAnswer& use) override {
    ChatClient client(options_.chat, folder_ / "cache.jsonl");
    const auto families = families_of(options_.schema);
    // A product whose image can't be read is not asked about.
    std::vector<size_t> asked;
    for (size_t i = 0; i < products.size(); ++i) {
      try {
        if (options_.send_image)
          image_data_uri(products[i].dataset->image_bytes(products[i].index),
                         products[i].dataset->place(products[i].index));
        asked.push_back(i);
      } catch (const DataError& error) {
        use(i, {{}, std::string("the image can't be used: ") + error.what(), ""});
      }
    }
    const auto keep_account = [&] { account_ = client.account().text(); };
    try {
      client.ask(
          asked.size(), [&](size_t i) { return chat_request(options_, products[asked[i]]); },
          [&](size_t i, const ChatReply& reply) {
            use(asked[i], reply.failure.empty() ? parse_answer(reply.text, families)
                                                : ExtractAnswer{{}, reply.failure, reply.response});
          });
    } catch (...) {
      keep_account();
      throw;
    }
    keep_account();
  }

  std::string account() const override { return account_; }

 private:
  HttpProviderOptions options_;
  std::filesystem::path folder_;
  std::string account_;
};

}  // namespace

std::string chat_request(const HttpProviderOptions& options, const CatalogueProduct& product) {
  const ProductRecord& record = product.record();
  const std::string prompt = filled(options.prompt, [&](const std::string& name) {
    return name == "title"    ? record.title
           : name == "id"     ? record.id
           : name == "fields" ? field_lines(record)
                              : family_lines(options.schema);
  });
  Json content = Json::array({{{"type", "text"}, {"text", prompt}}});
  if (options.send_image) {
    const std::string uri = image_data_uri(product.dataset->image_bytes(product.index),
                                           product.dataset->place(product.index));
    content.push_back({{"type", "image_url"}, {"image_url", {{"url", uri}}}});
  }
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
         {{"name", "attributes"}, {"strict", true}, {"schema", twinset::to_json(options.schema)}}}};
  } else if (options.response_format == "json_object") {
    request["response_format"] = {{"type", "json_object"}};
  }
  for (const auto& [key, value] : options.extra.as_map()) request[key] = twinset::to_json(value);
  return request.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::unique_ptr<AttributeProvider> make_http_provider(const HttpProviderOptions& options,
                                                      const ProviderContext& context) {
  check_options(options);
  return std::make_unique<HttpProvider>(options, context.folder);
}

}  // namespace twinset::pinlanding
