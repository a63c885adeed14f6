#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// The splits of a data set as one row of products, in the order of the splits.
class Catalogue {
 public:
  Catalogue(const DatasetRegistry& datasets, const Node& reader,
            const std::vector<std::string>& splits);
  int64_t size() const { return offsets_.back(); }
  /// The data set and the index in it of product i, and the name of its split.
  std::pair<const Dataset*, int64_t> product(int64_t i) const;
  const std::string& split_of(int64_t i) const;
  const std::vector<std::unique_ptr<Dataset>>& splits() const { return splits_; }

 private:
  size_t place(int64_t i) const;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<Dataset>> splits_;
  std::vector<int64_t> offsets_ = {0};
};

/// Products [first, first + size) of a catalogue, which must outlive it.
class CatalogueRange : public Dataset {
 public:
  CatalogueRange(const Catalogue& catalogue, int64_t first, int64_t size)
      : catalogue_(catalogue), first_(first), size_(size) {}
  int64_t size() const override { return size_; }
  const ProductRecord& record(int64_t index) const override;
  std::string image_bytes(int64_t index) const override;
  std::string place(int64_t index) const override;

 private:
  const Catalogue& catalogue_;
  int64_t first_, size_;
};

}  // namespace twinset::pinlanding
