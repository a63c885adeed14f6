#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset::testing {

/// Records without images.
class MemoryDataset : public Dataset {
 public:
  explicit MemoryDataset(std::vector<ProductRecord> records) : records_(std::move(records)) {}
  int64_t size() const override { return static_cast<int64_t>(records_.size()); }
  const ProductRecord& record(int64_t index) const override {
    return records_[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t) const override { return {}; }
  std::string place(int64_t index) const override { return "record " + std::to_string(index); }

 private:
  std::vector<ProductRecord> records_;
};

/// Six garments: every one has a type and a colour, four have a gender.
inline MemoryDataset six_garments() {
  const auto garment = [](std::string id, std::string title, std::string type, std::string colour,
                          std::string gender) {
    ProductRecord record{std::move(id),
                         std::move(title),
                         {{"type", std::move(type)}, {"colour", std::move(colour)}}};
    if (!gender.empty()) record.attributes.push_back({"gender", std::move(gender)});
    return record;
  };
  return MemoryDataset({garment("1", "Nike Men Black T-Shirt", "Tshirts", "Black", "Men"),
                        garment("2", "Puma Men's Black t shirts", "Tshirts", "Black", "Men"),
                        garment("3", "Red dress for women", "Dresses", "Red", "Women"),
                        garment("4", "Black dress", "Dresses", "Black", "Women"),
                        garment("5", "White Tshirt", "Tshirts", "White", ""),
                        garment("6", "Black watch", "Watches", "Black", "")});
}

}  // namespace twinset::testing
