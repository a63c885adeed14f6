#include "experiments/pinlanding/curate/surface_forms.h"

#include <algorithm>

#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/curate/normalise.h"

namespace twinset::pinlanding {

int64_t ExtractedAttributes::find(const std::string& family, const std::string& phrase) const {
  const auto entry = form_index.find({family, phrase});
  return entry == form_index.end() ? -1 : entry->second;
}

void ExtractedAttributesBuilder::add(const std::string& title, const Attributes& attributes) {
  const auto product = static_cast<int32_t>(titles_.size());
  titles_.push_back(normalise_phrase(title));
  for (const auto& entry : attributes) {
    std::vector<int32_t>& products = raw_[entry];
    if (products.empty() || products.back() != product) products.push_back(product);
  }
}

ExtractedAttributes ExtractedAttributesBuilder::build() {
  ExtractedAttributes result;
  result.titles = std::move(titles_);
  std::map<std::pair<std::string, std::string>, std::vector<int32_t>> forms;
  for (const auto& [key, products] : raw_) {
    const std::string phrase = normalise_phrase(key.second);
    result.raw.push_back({key.first, key.second, static_cast<int64_t>(products.size()), -1});
    if (phrase.empty()) continue;
    auto& all = forms[{key.first, phrase}];
    all.insert(all.end(), products.begin(), products.end());
  }
  result.forms_of.resize(result.titles.size());
  for (auto& [key, products] : forms) {
    std::sort(products.begin(), products.end());
    products.erase(std::unique(products.begin(), products.end()), products.end());
    const auto index = static_cast<int64_t>(result.forms.size());
    for (const int32_t product : products)
      result.forms_of[static_cast<size_t>(product)].push_back(static_cast<int32_t>(index));
    result.form_index[key] = index;
    result.forms.push_back({key.first, key.second, std::move(products)});
  }
  for (RawPhrase& raw : result.raw) raw.form = result.find(raw.family, normalise_phrase(raw.text));
  raw_.clear();
  return result;
}

ExtractedAttributes read_extracted(const std::filesystem::path& file) {
  ExtractedAttributesBuilder builder;
  bool is_empty = true;
  for_each_json_line(file,
                     "a product such as {\"id\": \"42\", \"split\": \"train\", \"title\": \"...\", "
                     "\"attributes\": {\"colour\": [\"jet black\"]}}",
                     [&](const nlohmann::ordered_json& line, const std::string&) {
                       builder.add(line.at("title").get<std::string>(),
                                   attributes_of_json(line.at("attributes")));
                       is_empty = false;
                     });
  if (is_empty)
    throw DataError(
        {.where = file.string(), .what = "has no product", .expected = "a line a product"});
  return builder.build();
}

}  // namespace twinset::pinlanding
