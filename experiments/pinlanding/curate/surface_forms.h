// What a model said of the products, as phrases with the products that carry them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace twinset::pinlanding {

/// A phrase of a family in one spelling.
struct SurfaceForm {
  std::string family;
  std::string phrase;             ///< normalised, not empty
  std::vector<int32_t> products;  ///< that carry it, ascending
  int64_t count() const { return static_cast<int64_t>(products.size()); }
};

/// A phrase as it was written.
struct RawPhrase {
  std::string family;
  std::string text;
  int64_t count = 0;  ///< products
  int64_t form = -1;  ///< index of its surface form; -1: nothing is left of it
};

/// All phrases of `extract/products.jsonl`.
struct ExtractedAttributes {
  std::vector<std::string> titles;             ///< [products], normalised
  std::vector<SurfaceForm> forms;              ///< by family, then phrase
  std::vector<RawPhrase> raw;                  ///< by family, then text
  std::vector<std::vector<int32_t>> forms_of;  ///< [products] their forms, ascending
  int64_t num_products() const { return static_cast<int64_t>(titles.size()); }
  /// The index of a form, or -1.
  int64_t find(const std::string& family, const std::string& phrase) const;

  std::map<std::pair<std::string, std::string>, int64_t> form_index;
};

/// Adds products one by one.
class ExtractedAttributesBuilder {
 public:
  using Attributes = std::vector<std::pair<std::string, std::string>>;  ///< family, text
  void add(const std::string& title, const Attributes& attributes);
  ExtractedAttributes build();

 private:
  std::vector<std::string> titles_;
  std::map<std::pair<std::string, std::string>, std::vector<int32_t>>
      raw_;  ///< (family, text) to products
};

/// Reads {"id", "split", "title", "attributes": {"colour": ["jet black"]}} lines. @throws DataError
/// with file and line; for no line at all
ExtractedAttributes read_extracted(const std::filesystem::path& file);

}  // namespace twinset::pinlanding
