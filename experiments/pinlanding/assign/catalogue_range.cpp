#include "experiments/pinlanding/assign/catalogue_range.h"

#include <algorithm>

namespace twinset::pinlanding {

Catalogue::Catalogue(const DatasetRegistry& datasets, const Node& reader,
                     const std::vector<std::string>& splits)
    : names_(splits) {
  for (const std::string& split : splits) {
    splits_.push_back(datasets.create(reader, split));
    offsets_.push_back(offsets_.back() + splits_.back()->size());
  }
}

size_t Catalogue::place(int64_t i) const {
  return static_cast<size_t>(std::upper_bound(offsets_.begin(), offsets_.end(), i) -
                             offsets_.begin()) -
         1;
}

std::pair<const Dataset*, int64_t> Catalogue::product(int64_t i) const {
  const size_t split = place(i);
  return {splits_[split].get(), i - offsets_[split]};
}

const std::string& Catalogue::split_of(int64_t i) const { return names_[place(i)]; }

const ProductRecord& CatalogueRange::record(int64_t index) const {
  const auto [dataset, i] = catalogue_.product(first_ + index);
  return dataset->record(i);
}

std::string CatalogueRange::image_bytes(int64_t index) const {
  const auto [dataset, i] = catalogue_.product(first_ + index);
  return dataset->image_bytes(i);
}

std::string CatalogueRange::place(int64_t index) const {
  const auto [dataset, i] = catalogue_.product(first_ + index);
  return dataset->place(i);
}

}  // namespace twinset::pinlanding
