#include "experiments/pinlanding/extract/recorded_provider.h"

#include <fmt/format.h>

#include <unordered_map>

#include "datasets/wardrobe/wardrobe.h"
#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/extract/parse_answer.h"
#include "framework/data/file_patterns.h"

namespace twinset::pinlanding {
namespace {

/// Answers by product, from the member `attributes_key` or the text in "answer" of each line.
class RecordedProvider : public AttributeProvider {
 public:
  RecordedProvider(std::filesystem::path file, std::string attributes_key)
      : file_(std::move(file)), attributes_key_(std::move(attributes_key)) {}

  std::vector<std::filesystem::path> files() const override { return {file_}; }

  void extract(const std::vector<CatalogueProduct>& products, const UseAnswer& use) override {
    const auto answers = read();
    size_t num_found = 0;
    for (size_t i = 0; i < products.size(); ++i)
      num_found += answers.contains(products[i].record().id) ? 1 : 0;
    if (num_found == 0) {
      throw DataError({.where = file_.string(),
                       .what = fmt::format(
                           "none of its {} answers is for a product of the data set, such as '{}'",
                           answers.size(), products.front().record().id),
                       .expected = "the ids of the data set"});
    }
    for (size_t i = 0; i < products.size(); ++i) {
      const auto answer = answers.find(products[i].record().id);
      use(i, answer == answers.end() ? ExtractAnswer{{}, "there is no recorded answer", ""}
                                     : answer->second);
    }
  }

 private:
  std::unordered_map<std::string, ExtractAnswer> read() const {
    const std::string shape =
        fmt::format(R"({{"id": "42", "{}": {{"colour": ["black"]}}}})", attributes_key_);
    std::unordered_map<std::string, ExtractAnswer> answers;
    for_each_json_line(file_, shape, [&](const auto& json, const std::string& where) {
      const std::string id = json.at("id").template get<std::string>();
      ExtractAnswer answer;
      if (json.contains(attributes_key_)) {
        for (auto& [family, value] : attributes_of_json(json.at(attributes_key_)))
          answer.attributes.push_back({family, value});
      } else {
        answer = parse_answer(json.at("answer").template get<std::string>(), {});
      }
      if (!answers.emplace(id, std::move(answer)).second)
        throw DataError({.where = where,
                         .what = fmt::format("'{}' has an answer before", id),
                         .expected = "one a product"});
    });
    if (answers.empty())
      throw DataError({.where = file_.string(), .what = "holds no answer", .expected = shape});
    return answers;
  }

  std::filesystem::path file_;
  std::string attributes_key_;
};

}  // namespace

std::unique_ptr<AttributeProvider> make_recorded_provider(const RecordedProviderOptions& options,
                                                          const ProviderContext&) {
  if (options.file.empty())
    throw ConfigError(
        {.where = "extract.provider.file", .what = "is empty", .expected = "a file of JSON lines"});
  if (!std::filesystem::is_regular_file(options.file)) {
    throw ConfigError(
        {.where = "extract.provider.file",
         .what = fmt::format("'{}' does not exist{}", options.file, nearest_path(options.file))});
  }
  return std::make_unique<RecordedProvider>(options.file, "attributes");
}

std::unique_ptr<AttributeProvider> make_wardrobe_provider(const WardrobeProviderOptions&,
                                                          const ProviderContext& context) {
  const Node* name = context.reader.find("name");
  if (name == nullptr || !(*name == Node("wardrobe"))) {
    throw ConfigError(
        {.where = "extract.provider",
         .what = "the provider 'wardrobe' is for dataset=wardrobe",
         .todo = "choose another: provider=catalog, provider=recorded or provider=http"});
  }
  const auto options =
      read_options<wardrobe::WardrobeOptions>(context.reader, "dataset.reader", {"name"});
  return std::make_unique<RecordedProvider>(std::filesystem::path(options.folder) / "truth.jsonl",
                                            "raw_attributes");
}

}  // namespace twinset::pinlanding
