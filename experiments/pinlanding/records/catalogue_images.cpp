#include "experiments/pinlanding/records/catalogue_images.h"

#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

std::vector<std::unique_ptr<Dataset>> open_splits(const StageContext& context) {
  const Node* reader = context.config.find_path("dataset.reader");
  if (reader == nullptr) {
    throw ConfigError({.where = "dataset.reader",
                       .what = "is missing",
                       .expected = "the catalogue",
                       .todo = "choose one, as in dataset=wardrobe"});
  }
  std::vector<std::unique_ptr<Dataset>> splits;
  for (const char* split : {"train", "val", "test"})
    splits.push_back(context.plugins.datasets.create(*reader, split));
  return splits;
}

}  // namespace

void for_each_catalogue_record(
    const StageContext& context,
    const std::function<void(const ProductRecord&, const std::string& place)>& use) {
  for (const auto& split : open_splits(context)) {
    for (int64_t i = 0; i < split->size(); ++i) use(split->record(i), split->place(i));
  }
}

CatalogueImages::CatalogueImages(const StageContext& context) : splits_(open_splits(context)) {
  for (size_t s = 0; s < splits_.size(); ++s) {
    for (int64_t i = 0; i < splits_[s]->size(); ++i)
      place_of_.emplace(splits_[s]->record(i).id, std::pair(s, i));
  }
}

std::pair<const Dataset*, int64_t> CatalogueImages::place_of(const std::string& id) const {
  const auto found = place_of_.find(id);
  if (found == place_of_.end()) {
    throw DataError({.where = "dataset.reader",
                     .what = "holds no product '" + id + "'",
                     .expected = "the catalogue that the collections were made from"});
  }
  return {splits_[found->second.first].get(), found->second.second};
}

std::string CatalogueImages::bytes(const std::string& id) const {
  const auto [dataset, index] = place_of(id);
  return dataset->image_bytes(index);
}

const ProductRecord& CatalogueImages::record(const std::string& id) const {
  const auto [dataset, index] = place_of(id);
  return dataset->record(index);
}

}  // namespace twinset::pinlanding
