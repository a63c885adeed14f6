// What one method says of a catalogue, read from the files that methods write.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace twinset {

/// How often each attribute occurs and how many each product has; a repeat within a product counts
/// once.
struct AttributeCounts {
  std::vector<std::string> attributes;  ///< [A] distinct, in the order of their first product
  std::vector<int64_t> products_with;   ///< [A] products that have the attribute, at least 1
  std::vector<int64_t> attributes_of;   ///< [N] distinct attributes of each product, 0 among them
};

/// Reads one product a line.
///
/// FILE.tsv: a header, then one value a column without quoting. `field` names the columns that are
/// attributes, separated by commas; empty: all but id and title. A cell gives the attribute
/// "column: value", an empty cell none.
/// Anything else is JSON lines. `field` is the dotted path of a list of strings, or of an object
/// {"colour": "red", "season": ["spring", "summer"]}, whose attributes are "colour: red" and so on;
/// empty: the line's own object without id and title. A line without the field is a product without
/// attributes.
///
/// Memory: one string an attribute and one number a product, whatever the file's size.
/// @throws DataError naming file and line: broken JSON, a value that is no text, a row of another
/// width, no product
/// @throws ConfigError for a column, or a JSON field, that no product has (with the nearest name)
AttributeCounts read_attribute_counts(const std::filesystem::path& file, const std::string& field);

}  // namespace twinset
