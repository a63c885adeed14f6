#include "experiments/pinlanding/records/assigned_products.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "eval/judged/json_lines.h"
#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kAssignedShape =
    R"({"id": "42", "split": "test", "title": "...", "attributes": {"colour": ["black"]}, "confidence": {"colour": [0.97]}})";

void read_confidences(const nlohmann::ordered_json& json, const std::string& where,
                      AssignedProduct& product) {
  product.confidences.clear();
  for (const auto& [family, values] : json.at("attributes").items()) {
    const auto confidences = json.at("confidence").at(family).get<std::vector<float>>();
    const size_t expected = values.is_array() ? values.size() : 1;
    if (confidences.size() != expected) {
      throw DataError({.where = where,
                       .what = fmt::format("'{}' has {} confidences of {} values", family,
                                           confidences.size(), expected),
                       .expected = kAssignedShape});
    }
    for (const float confidence : confidences) {
      if (confidence >= 0 && confidence <= 1) continue;
      throw DataError({.where = where,
                       .what = fmt::format("a confidence of '{}' is {}", family, confidence),
                       .expected = "a number from 0 to 1"});
    }
    product.confidences.insert(product.confidences.end(), confidences.begin(), confidences.end());
  }
}

bool is_before(const Attribute& a, const Attribute& b) {
  return std::tie(a.key, a.value) < std::tie(b.key, b.value);
}

}  // namespace

std::vector<std::filesystem::path> assigned_partitions(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "assign", ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("products-") && name.ends_with(".jsonl")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    throw DataError({.where = (folder / "assign").string(),
                     .what = "holds no assigned products",
                     .expected = "products-00000.jsonl and so on",
                     .todo = "run the stage assign first"});
  }
  return files;
}

void for_each_assigned(
    const std::filesystem::path& file,
    const std::function<void(const AssignedProduct&, const std::string& where)>& use) {
  AssignedProduct product;
  for_each_json_line(file, kAssignedShape, [&](const auto& json, const std::string& where) {
    product.id = json.at("id").template get<std::string>();
    product.split = json.at("split").template get<std::string>();
    product.title = json.at("title").template get<std::string>();
    product.attributes.clear();
    for (auto& [family, value] : attributes_of_json(json.at("attributes")))
      product.attributes.push_back({family, value});
    read_confidences(json, where, product);
    use(product, where);
  });
}

std::vector<int64_t> AttributeGraph::counts() const {
  std::vector<int64_t> result(attributes.size());
  for (const int32_t column : columns) ++result[static_cast<size_t>(column)];
  return result;
}

int32_t AttributeGraph::find(const Attribute& attribute) const {
  const auto found = std::lower_bound(attributes.begin(), attributes.end(), attribute, is_before);
  if (found == attributes.end() || is_before(attribute, *found)) return -1;
  return static_cast<int32_t>(found - attributes.begin());
}

AttributeGraph read_attribute_graph(const std::vector<std::filesystem::path>& files) {
  struct Row {
    std::string id, title, where;
    std::vector<std::pair<int32_t, float>> pairs;
  };
  std::map<std::pair<std::string, std::string>, int32_t> codes;
  std::vector<Row> rows;
  for (const auto& file : files) {
    for_each_assigned(file, [&](const AssignedProduct& product, const std::string& where) {
      Row& row = rows.emplace_back(Row{product.id, product.title, where, {}});
      for (size_t i = 0; i < product.attributes.size(); ++i) {
        const auto& [key, value] = product.attributes[i];
        const auto code = codes.try_emplace({key, value}, static_cast<int32_t>(codes.size()));
        row.pairs.emplace_back(code.first->second, product.confidences[i]);
      }
    });
  }
  if (rows.empty()) {
    throw DataError({.where = files.empty() ? "assign" : files.front().string(),
                     .what = "holds no product",
                     .expected = kAssignedShape});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.id < b.id; });
  AttributeGraph graph;
  std::vector<int32_t> column_of(codes.size());
  for (const auto& [attribute, code] : codes) {
    column_of[static_cast<size_t>(code)] = graph.num_attributes();
    graph.attributes.push_back({attribute.first, attribute.second});
  }
  for (Row& row : rows) {
    if (!graph.ids.empty() && graph.ids.back() == row.id) {
      throw DataError({.where = row.where,
                       .what = "the product '" + row.id + "' occurs twice",
                       .expected = "each id once"});
    }
    for (auto& [code, confidence] : row.pairs) code = column_of[static_cast<size_t>(code)];
    std::sort(row.pairs.begin(), row.pairs.end());
    for (const auto& [column, confidence] : row.pairs) {
      graph.columns.push_back(column);
      graph.confidences.push_back(confidence);
    }
    graph.offsets.push_back(static_cast<int64_t>(graph.columns.size()));
    graph.ids.push_back(std::move(row.id));
    graph.titles.push_back(std::move(row.title));
  }
  return graph;
}

}  // namespace twinset::pinlanding
