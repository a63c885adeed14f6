// A data set in memory for tests, and pictures for it.
#pragma once

#include <fmt/format.h>
#include <turbojpeg.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/data/dataset.h"
#include "tests/framework/data/goldens.h"

namespace twinset {

inline std::string encode_jpeg(const Image& image) {
  unsigned char* data = nullptr;
  unsigned long size = 0;
  const tjhandle handle = tjInitCompress();
  tjCompress2(handle, image.pixels.data(), image.width, 0, image.height, TJPF_RGB, &data, &size,
              TJSAMP_444, 90, 0);
  std::string bytes(reinterpret_cast<char*>(data), size);
  tjFree(data);
  tjDestroy(handle);
  return bytes;
}

/// Records that a test fills in; images are its `files`, an empty one can't be read.
class MemoryDataset : public Dataset {
 public:
  int64_t size() const override { return static_cast<int64_t>(records.size()); }
  const ProductRecord& record(int64_t index) const override {
    return records[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t index) const override {
    ++num_reads;
    const std::string& file = files[static_cast<size_t>(index)];
    if (file.empty()) throw DataError({.where = place(index), .what = "can't be read"});
    return file;
  }
  std::string place(int64_t index) const override { return fmt::format("memory:{}", index); }
  const std::vector<std::string>& skipped() const override { return skipped_places; }

  void add(std::vector<Attribute> attributes, std::string file = "") {
    records.push_back({fmt::format("p{}", records.size()),
                       fmt::format("product {}", records.size()), std::move(attributes)});
    files.push_back(std::move(file));
  }

  std::vector<ProductRecord> records;
  std::vector<std::string> files;
  std::vector<std::string> skipped_places;
  mutable std::atomic<int64_t> num_reads{0};
};

/// `size` products, each with a picture of its own.
inline void fill_with_pictures(MemoryDataset& dataset, int64_t size) {
  for (int64_t i = 0; i < size; ++i) {
    Image image = golden_picture(20 + static_cast<int>(i % 5), 20 + static_cast<int>(i % 3));
    for (size_t p = 0; p < image.pixels.size(); ++p)
      image.pixels[p] = static_cast<uint8_t>(image.pixels[p] / 2 + i * 3 % 128);
    dataset.add({{"parity", i % 2 == 0 ? "even" : "odd"}}, encode_jpeg(image));
  }
}

}  // namespace twinset
