#include "eval/baselines/raw_pixels.h"

#include <ATen/ops/index_copy.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "eval/subjects/pixel_subject.h"

namespace twinset {
namespace {

class RawPixels : public ScoreSource {
 public:
  RawPixels(const at::Tensor& images, const at::Tensor& prototypes)
      : images_(images), prototypes_(prototypes.t().contiguous()) {}
  int64_t num_products() const override { return images_.size(0); }
  int64_t num_columns() const override { return prototypes_.size(1); }
  ScoreBlock rows(int64_t first, int64_t count) const override {
    const at::Tensor cosines =
        at::matmul(images_.narrow(0, first, count), prototypes_).contiguous();
    const float* begin = cosines.const_data_ptr<float>();
    return {first, count, num_columns(), std::vector<double>(begin, begin + cosines.numel())};
  }

 private:
  at::Tensor images_;      // [N, D] unit rows, or zero
  at::Tensor prototypes_;  // [D, V]
};

}  // namespace

std::unique_ptr<ScoreSource> make_raw_pixels(const Dataset& train, const Dataset& products,
                                             const AttributeVocabulary& vocabulary) {
  const OpenSplit open = [&](const std::string& split) -> const Dataset& {
    return split == "train" ? train : products;
  };
  const auto pixels = make_pixel_subject(open, vocabulary);
  const at::Tensor prototypes = pixels->texts(vocabulary.phrases());
  const EmbeddedProducts& scored = pixels->products("products");
  const at::Tensor images = at::zeros({products.size(), prototypes.size(1)});
  if (scored.size() == 0) return std::make_unique<RawPixels>(images, prototypes);
  return std::make_unique<RawPixels>(
      images.index_copy(0, at::tensor(scored.samples), scored.embeddings), prototypes);
}

}  // namespace twinset
