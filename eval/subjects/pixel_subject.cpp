#include "eval/subjects/pixel_subject.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "framework/core/logging.h"
#include "framework/core/thread_pool.h"
#include "framework/data/image.h"
#include "framework/data/resample.h"

namespace twinset {
namespace {

constexpr int kSide = 16;
constexpr int64_t kDim = kSide * kSide * 3;

class PixelSubject : public Subject {
 public:
  PixelSubject(OpenSplit open, const AttributeVocabulary& vocabulary)
      : open_(std::move(open)), vocabulary_(vocabulary) {}

  const EmbeddedProducts& products(const std::string& split) override {
    const auto place = products_.find(split);
    if (place != products_.end()) return place->second;
    if (mean_.empty() && split != "train") products("train");
    EmbeddedProducts result;
    result.dataset = &open_(split);
    std::vector<float> pixels = read_pixels(result);
    if (mean_.empty()) set_mean(pixels);
    const at::Tensor rows = at::empty({result.size(), kDim}, at::kFloat);
    float* out = rows.mutable_data_ptr<float>();
    for (size_t i = 0; i < pixels.size(); ++i) out[i] = pixels[i] - mean_[i % kDim];
    result.embeddings = unit_rows(rows, "image");
    return products_.emplace(split, std::move(result)).first->second;
  }

  at::Tensor texts(const std::vector<std::string>& texts) override {
    if (!prototypes_.defined()) set_prototypes();
    std::vector<int64_t> rows;
    for (const std::string& text : texts) {
      const auto found = std::ranges::find(vocabulary_.phrases(), text);
      if (found == vocabulary_.phrases().end()) {
        throw DataError({.where = "baseline raw_pixels",
                         .what = fmt::format("raw pixels have no embedding of '{}'", text),
                         .expected = "attribute phrases of the training split",
                         .todo = "use a protocol of images and attributes, or baseline=random"});
      }
      rows.push_back(found - vocabulary_.phrases().begin());
    }
    return at::index_select(prototypes_, 0, at::tensor(rows));
  }

  const AttributeVocabulary& vocabulary() const override { return vocabulary_; }

 private:
  // Pixels of the images that can be read, row by row; their positions go to `result`.
  static std::vector<float> read_pixels(EmbeddedProducts& result) {
    const Dataset& dataset = *result.dataset;
    const auto size = static_cast<size_t>(dataset.size());
    std::vector<float> all(size * kDim);
    std::vector<int8_t> is_read(size);
    parallel_for(dataset.size(), available_cores(), [&](int64_t i) {
      try {
        const Image image = decode_image(dataset.image_bytes(i), dataset.place(i));
        uint8_t bytes[kDim];
        resample(image, {0, 0, image.width, image.height}, kSide, false, bytes);
        std::copy(bytes, bytes + kDim, all.begin() + i * kDim);
        is_read[static_cast<size_t>(i)] = 1;
      } catch (const DataError& error) {
        log_warning("{}", error.what());
      }
    });
    std::vector<float> pixels;
    for (size_t i = 0; i < size; ++i) {
      if (is_read[i] == 0) continue;
      result.samples.push_back(static_cast<int64_t>(i));
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(i * kDim);
      pixels.insert(pixels.end(), begin, begin + kDim);
    }
    return pixels;
  }

  void set_mean(const std::vector<float>& pixels) {
    if (pixels.empty()) {
      throw DataError({.where = "baseline raw_pixels",
                       .what = "no training image could be read",
                       .expected = "at least one"});
    }
    std::vector<double> sum(kDim);
    for (size_t i = 0; i < pixels.size(); ++i) sum[i % kDim] += pixels[i];
    for (const double value : sum)
      mean_.push_back(static_cast<float>(value / static_cast<double>(pixels.size() / kDim)));
  }

  void set_prototypes() {
    const EmbeddedProducts& train = products("train");
    const SparsePairs labels = label_table(*train.dataset, vocabulary_);
    std::vector<double> sums(static_cast<size_t>(vocabulary_.size() * kDim));
    const float* rows = train.embeddings.const_data_ptr<float>();
    for (int64_t i = 0; i < train.size(); ++i) {
      for (const int64_t attribute : labels.row(train.samples[static_cast<size_t>(i)])) {
        double* sum = sums.data() + attribute * kDim;
        for (int64_t d = 0; d < kDim; ++d) sum[d] += rows[i * kDim + d];
      }
    }
    const at::Tensor means = at::empty({vocabulary_.size(), kDim}, at::kFloat);
    std::ranges::transform(sums, means.mutable_data_ptr<float>(),
                           [](double value) { return static_cast<float>(value); });
    prototypes_ = unit_rows(means, "raw_pixels prototype");
  }

  OpenSplit open_;
  const AttributeVocabulary& vocabulary_;
  std::vector<float> mean_;
  at::Tensor prototypes_;  // [V, D] unit rows
  std::map<std::string, EmbeddedProducts> products_;
};

}  // namespace

std::unique_ptr<Subject> make_pixel_subject(OpenSplit open, const AttributeVocabulary& vocabulary) {
  return std::make_unique<PixelSubject>(std::move(open), vocabulary);
}

}  // namespace twinset
