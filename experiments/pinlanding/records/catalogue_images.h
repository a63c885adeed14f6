// The catalogue that the pipeline was run on: records and pictures by product id.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "experiments/pinlanding/stage.h"
#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// Calls use(record, place) for every product of the splits train, val and test of
/// `dataset.reader`.
void for_each_catalogue_record(
    const StageContext& context,
    const std::function<void(const ProductRecord&, const std::string& place)>& use);

/// Pictures and records by id. Records stay in memory, pictures are read when asked for.
class CatalogueImages {
 public:
  explicit CatalogueImages(const StageContext& context);
  /// The encoded JPEG, PNG or WebP. @throws DataError for a product without one
  std::string bytes(const std::string& id) const;
  /// @throws DataError for a product that the catalogue does not have
  const ProductRecord& record(const std::string& id) const;

 private:
  std::pair<const Dataset*, int64_t> place_of(const std::string& id) const;

  std::vector<std::unique_ptr<Dataset>> splits_;
  std::unordered_map<std::string, std::pair<size_t, int64_t>> place_of_;
};

}  // namespace twinset::pinlanding
