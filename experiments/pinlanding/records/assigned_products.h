// The attribute graph: which products have which attributes, and how surely.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// One line of assign/products-00000.jsonl.
struct AssignedProduct {
  std::string id;
  std::string split;
  std::string title;
  std::vector<Attribute> attributes;
  std::vector<float> confidences;  ///< of `attributes`, from 0 to 1
};

/// The files assign/products-*.jsonl of a pipeline's folder, in the order of their names.
/// @throws DataError if there is none
std::vector<std::filesystem::path> assigned_partitions(const std::filesystem::path& folder);

/// Calls use(product, "file:line") for each line.
/// @throws DataError naming the line: broken JSON, a member that is missing or of another kind,
/// confidences that do not fit the
///         attributes or are outside [0, 1]
void for_each_assigned(
    const std::filesystem::path& file,
    const std::function<void(const AssignedProduct&, const std::string& where)>& use);

/// The whole graph in memory, in compressed rows.
struct AttributeGraph {
  std::vector<Attribute> attributes;   ///< [A] ascending by family, then value
  std::vector<std::string> ids;        ///< [N] ascending
  std::vector<std::string> titles;     ///< [N]
  std::vector<int64_t> offsets = {0};  ///< [N + 1]
  std::vector<int32_t> columns;        ///< ascending within a product
  std::vector<float> confidences;      ///< one a column

  int64_t num_products() const { return static_cast<int64_t>(ids.size()); }
  int32_t num_attributes() const { return static_cast<int32_t>(attributes.size()); }
  std::span<const int32_t> columns_of(int64_t product) const {
    const auto begin = static_cast<size_t>(offsets[static_cast<size_t>(product)]);
    const auto end = static_cast<size_t>(offsets[static_cast<size_t>(product) + 1]);
    return {columns.data() + begin, end - begin};
  }
  std::span<const float> confidences_of(int64_t product) const {
    return {confidences.data() + offsets[static_cast<size_t>(product)], columns_of(product).size()};
  }
  /// [A] products that have each attribute.
  std::vector<int64_t> counts() const;
  /// The column of an attribute, or -1.
  int32_t find(const Attribute& attribute) const;
};

/// Reads all partitions. @throws DataError as above, for an id that occurs twice, and if there is
/// no product
AttributeGraph read_attribute_graph(const std::vector<std::filesystem::path>& files);

}  // namespace twinset::pinlanding
