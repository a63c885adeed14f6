#include "eval/distributions/attribute_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "framework/core/error.h"

namespace twinset {
namespace {

const std::set<std::string> kNoAttributes = {"id", "title"};

class Counter {
 public:
  void begin_product() { counts_.attributes_of.push_back(0); }
  void add(const std::string& attribute) {
    if (attribute.empty()) return;
    const auto product = static_cast<int64_t>(counts_.attributes_of.size()) - 1;
    const auto [entry, is_new] = index_.emplace(attribute, counts_.attributes.size());
    if (is_new) {
      counts_.attributes.push_back(attribute);
      counts_.products_with.push_back(0);
      last_product_.push_back(-1);
    }
    if (last_product_[entry->second] == product) return;
    last_product_[entry->second] = product;
    ++counts_.products_with[entry->second];
    ++counts_.attributes_of.back();
  }
  bool is_empty() const { return counts_.attributes_of.empty(); }
  AttributeCounts take() { return std::move(counts_); }

 private:
  AttributeCounts counts_;
  std::unordered_map<std::string, size_t> index_;
  std::vector<int64_t> last_product_;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<size_t> chosen_columns(const std::vector<std::string>& header, const std::string& field,
                                   const std::filesystem::path& file) {
  std::vector<size_t> columns;
  if (field.empty()) {
    for (size_t c = 0; c < header.size(); ++c) {
      if (!kNoAttributes.contains(header[c])) columns.push_back(c);
    }
    return columns;
  }
  for (const std::string& name : split(field, ',')) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) throw_unknown_name(file.string(), "column", name, header);
    columns.push_back(static_cast<size_t>(found - header.begin()));
  }
  return columns;
}

void read_table(std::istream& lines, const std::filesystem::path& file, const std::string& field,
                Counter& counter) {
  std::string line;
  const auto next = [&] {
    if (!std::getline(lines, line)) return false;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return true;
  };
  if (!next()) return;
  const std::vector<std::string> header = split(line, '\t');
  const std::vector<size_t> columns = chosen_columns(header, field, file);
  for (int64_t number = 2; next(); ++number) {
    const std::vector<std::string> cells = split(line, '\t');
    if (cells.size() != header.size()) {
      throw DataError({.where = fmt::format("{}:{}", file.string(), number),
                       .what = fmt::format("has {} cells", cells.size()),
                       .expected = fmt::format("{}, as in the header", header.size())});
    }
    counter.begin_product();
    for (const size_t c : columns) {
      if (!cells[c].empty()) counter.add(header[c] + ": " + cells[c]);
    }
  }
}

void add_value(const nlohmann::json& value, const std::string& prefix, const std::string& where,
               Counter& counter) {
  if (value.is_null()) return;
  if (value.is_array()) {
    for (const nlohmann::json& item : value) add_value(item, prefix, where, counter);
  } else if (value.is_string()) {
    if (!value.get_ref<const std::string&>().empty())
      counter.add(prefix + value.get<std::string>());
  } else if (value.is_number() || value.is_boolean()) {
    counter.add(prefix + value.dump());
  } else {
    throw DataError({.where = where,
                     .what = "'" + prefix + "' holds an object",
                     .expected = "text or a list of texts"});
  }
}

const nlohmann::json* find_field(const nlohmann::json& object, const std::string& field) {
  const nlohmann::json* value = &object;
  if (field.empty()) return value;
  for (const std::string& name : split(field, '.')) {
    if (!value->is_object() || !value->contains(name)) return nullptr;
    value = &(*value)[name];
  }
  return value;
}

void read_json_lines(std::istream& lines, const std::filesystem::path& file,
                     const std::string& field, Counter& counter) {
  bool has_field = false;
  std::set<std::string> keys;
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string where = fmt::format("{}:{}", file.string(), ++number);
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const nlohmann::json object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object())
      throw DataError(
          {.where = where, .what = "is no JSON object", .expected = "one product a line"});
    counter.begin_product();
    const nlohmann::json* value = find_field(object, field);
    if (value == nullptr) {
      for (const auto& item : object.items()) keys.insert(item.key());
      continue;
    }
    has_field = true;
    if (!value->is_object()) {
      add_value(*value, "", where, counter);
      continue;
    }
    for (const auto& [key, item] : value->items()) {
      if (!field.empty() || !kNoAttributes.contains(key))
        add_value(item, key + ": ", where, counter);
    }
  }
  if (!has_field && !counter.is_empty()) {
    throw_unknown_name(file.string(), "field", field, {keys.begin(), keys.end()});
  }
}

}  // namespace

AttributeCounts read_attribute_counts(const std::filesystem::path& file, const std::string& field) {
  std::ifstream lines(file);
  if (!lines)
    throw DataError({.where = file.string(),
                     .what = "can't be read",
                     .expected = "a .tsv file, or JSON lines"});
  Counter counter;
  if (file.extension() == ".tsv") {
    read_table(lines, file, field, counter);
  } else {
    read_json_lines(lines, file, field, counter);
  }
  if (counter.is_empty())
    throw DataError({.where = file.string(), .what = "holds no product", .expected = "one a line"});
  return counter.take();
}

}  // namespace twinset
