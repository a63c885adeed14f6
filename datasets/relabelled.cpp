#include "datasets/relabelled.h"

#include <fmt/format.h>

#include <fstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

using AttributesById = std::unordered_map<std::string, std::vector<Attribute>>;

const char* const kExpected =
    "a line such as {\"id\": \"42\", \"attributes\": {\"colour\": [\"black\"]}}";

std::vector<Attribute> parse_attributes(const nlohmann::ordered_json& object) {
  std::vector<Attribute> attributes;
  for (const auto& [family, values] : object.items()) {
    if (values.is_array()) {
      for (const auto& value : values) attributes.push_back({family, value.get<std::string>()});
    } else {
      attributes.push_back({family, values.get<std::string>()});
    }
  }
  return attributes;
}

AttributesById read_attributes(const std::string& file) {
  std::ifstream lines(file);
  if (!lines)
    throw DataError({.where = file,
                     .what = "can't be read",
                     .expected = "JSON lines of products with their attributes"});
  AttributesById attributes;
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string where = fmt::format("{}:{}", file, ++number);
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      const auto json = nlohmann::ordered_json::parse(line);
      const auto& id = json.at("id").get_ref<const std::string&>();
      if (!attributes.emplace(id, parse_attributes(json.at("attributes"))).second) {
        throw DataError({.where = where,
                         .what = fmt::format("product '{}' has a second line", id),
                         .expected = "one line a product"});
      }
    } catch (const nlohmann::json::exception& error) {
      throw DataError({.where = where, .what = error.what(), .expected = kExpected});
    }
  }
  return attributes;
}

class Relabelled : public Dataset {
 public:
  Relabelled(std::unique_ptr<Dataset> inner, const AttributesById& attributes,
             const RelabelledOptions& options)
      : inner_(std::move(inner)) {
    int64_t num_missing = 0;
    std::string first_missing;
    for (int64_t i = 0; i < inner_->size(); ++i) {
      const ProductRecord& record = inner_->record(i);
      const auto found = attributes.find(record.id);
      if (found == attributes.end()) {
        if (num_missing++ == 0) first_missing = record.id;
        continue;
      }
      // Copied: a data set may have several images of one product, each with the same id.
      records_.push_back({record.id, record.title, found->second});
      inner_index_.push_back(i);
    }
    if (num_missing == 0) return;
    const std::string what = fmt::format("has no line for {} of {} products, '{}' among them",
                                         num_missing, inner_->size(), first_missing);
    if (options.missing == "error" || records_.empty()) {
      throw DataError(
          {.where = options.file,
           .what = what,
           .expected = "a line for every product, with \"attributes\": {} where there are none"});
    }
    log_info("{} {}, which are left out", options.file, what);
  }

  int64_t size() const override { return static_cast<int64_t>(records_.size()); }
  const ProductRecord& record(int64_t index) const override {
    return records_[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t index) const override {
    return inner_->image_bytes(inner_index_[static_cast<size_t>(index)]);
  }
  std::string place(int64_t index) const override {
    return inner_->place(inner_index_[static_cast<size_t>(index)]);
  }
  const std::vector<std::string>& skipped() const override { return inner_->skipped(); }

 private:
  std::unique_ptr<Dataset> inner_;
  std::vector<ProductRecord> records_;
  std::vector<int64_t> inner_index_;
};

}  // namespace

void RelabelledOptions::check_parts(const DatasetRegistry& registry,
                                    const std::string& path) const {
  if (file.empty())
    throw ConfigError({.where = path + ".file",
                       .what = "is not set",
                       .expected = "JSON lines of products with their attributes"});
  registry.check_part(inner, path + ".inner");
}

std::unique_ptr<Dataset> make_relabelled(const RelabelledOptions& options,
                                         const DatasetRegistry& registry, const std::string& path,
                                         const std::string& split) {
  options.check_parts(registry, path);
  const AttributesById attributes = read_attributes(options.file);
  return std::make_unique<Relabelled>(registry.create_part(options.inner, path + ".inner", split),
                                      attributes, options);
}

}  // namespace twinset
