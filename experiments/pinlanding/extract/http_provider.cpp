#include "experiments/pinlanding/extract/http_provider.h"

#include <fmt/format.h>

#include "eval/data_uri.h"
#include "experiments/pinlanding/chat/chat_client.h"
#include "experiments/pinlanding/extract/parse_answer.h"

namespace twinset::pinlanding {
namespace {

const std::vector<std::string> kPlaceholders = {"title", "fields", "families", "id"};

std::string family_lines(const Node& schema) {
  std::string text;
  for (const std::string& family : schema_properties(schema)) {
    const Node* description = schema.at("properties").at(family).find("description");
    text += fmt::format(
        "{}{}{}", text.empty() ? "" : "\n", family,
        description != nullptr && description->is_string() ? ": " + description->as_string() : "");
  }
  return text;
}

class HttpProvider : public AttributeProvider {
 public:
  HttpProvider(HttpProviderOptions options, std::filesystem::path folder)
      : options_(std::move(options)), folder_(std::move(folder)) {}

  void extract(const std::vector<CatalogueProduct>& products, const UseAnswer& use) override {
    ChatClient client(options_.model.chat, folder_ / "cache.jsonl");
    const auto families = schema_properties(options_.model.schema);
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
  const auto value = [&](const std::string& name) {
    return name == "title"    ? record.title
           : name == "id"     ? record.id
           : name == "fields" ? attribute_lines(record.attributes)
                              : family_lines(options.model.schema);
  };
  const std::string image = options.send_image
                                ? image_data_uri(product.dataset->image_bytes(product.index),
                                                 product.dataset->place(product.index))
                                : "";
  return chat_request(options.model, kPlaceholders, value, image, "attributes");
}

std::unique_ptr<AttributeProvider> make_http_provider(const HttpProviderOptions& options,
                                                      const ProviderContext& context) {
  check_chat_model(options.model, "extract.provider");
  return std::make_unique<HttpProvider>(options, context.folder);
}

}  // namespace twinset::pinlanding
