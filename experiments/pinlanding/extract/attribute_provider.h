// Who says which attributes a product has: the merchant, a model, or a file of its answers.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "framework/core/registry.h"
#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// A product of the catalogue.
struct CatalogueProduct {
  std::string split;
  const Dataset* dataset = nullptr;
  int64_t index = 0;  ///< in its data set

  const ProductRecord& record() const { return dataset->record(index); }
};

/// What is said of a product, or why nothing is.
struct ExtractAnswer {
  std::vector<Attribute> attributes;
  std::string failure;  ///< the reason; empty: the attributes hold
  std::string answer;   ///< what could not be used, as it came
};

/// Takes the answer for the product of that number. May throw: the provider then stops.
using UseAnswer = std::function<void(size_t product, ExtractAnswer answer)>;

/// Says the attributes of products.
class AttributeProvider {
 public:
  virtual ~AttributeProvider() = default;
  /// Files that the answers come from, beside the data set's.
  virtual std::vector<std::filesystem::path> files() const { return {}; }
  /// Answers for every product, once each, in any order.
  /// @throws Interrupted when asked to stop
  virtual void extract(const std::vector<CatalogueProduct>& products, const UseAnswer& use) = 0;
  /// What the answers cost, a line for people; or "".
  virtual std::string account() const { return ""; }
};

/// Where a provider works.
struct ProviderContext {
  const Node& reader;            ///< the data set's
  std::filesystem::path folder;  ///< of the stage, for a cache
};

using ProviderRegistry = Registry<AttributeProvider, const ProviderContext&>;

/// Every provider, by name.
ProviderRegistry builtin_providers();

}  // namespace twinset::pinlanding
