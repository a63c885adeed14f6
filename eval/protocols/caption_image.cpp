#include "eval/protocols/caption_image.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "eval/protocols/group_retrieval.h"

namespace twinset {
namespace {

void append(ProtocolReport&& part, ProtocolReport& all) {
  all.metrics.insert(all.metrics.end(), part.metrics.begin(), part.metrics.end());
  for (QueryValues& values : part.queries) all.queries.push_back(std::move(values));
}

class CaptionImage : public SubjectProtocol {
 public:
  explicit CaptionImage(const CaptionImageOptions& options) : options_(options) {}

  ProtocolReport run(Subject& subject, const std::string& split) const override {
    const EmbeddedProducts& products = subject.products(split);
    Groups captions;
    std::vector<int64_t> rows, image_captions;
    std::vector<std::string> ids;
    for (int64_t i = 0; i < products.size(); ++i) {
      const ProductRecord& record = products.record(i);
      if (record.title.empty()) continue;
      rows.push_back(i);
      image_captions.push_back(captions.of(record.title));
      ids.push_back(record.id);
    }
    if (rows.empty()) {
      throw DataError({.where = "protocol caption_image",
                       .what = fmt::format("no product of '{}' has a title", split),
                       .expected = "products with titles"});
    }
    const at::Tensor images = at::index_select(products.embeddings, 0, at::tensor(rows));
    const at::Tensor texts = subject.texts(captions.names());
    std::vector<int64_t> caption_numbers;
    for (size_t i = 0; i < captions.names().size(); ++i)
      caption_numbers.push_back(static_cast<int64_t>(i));
    ProtocolReport report = judge_group_retrieval({.queries = texts,
                                                   .gallery = images,
                                                   .query_groups = caption_numbers,
                                                   .gallery_groups = image_captions,
                                                   .left_out = {},
                                                   .query_names = captions.names()},
                                                  "caption_to_image", options_.cuts);
    append(judge_group_retrieval({.queries = images,
                                  .gallery = texts,
                                  .query_groups = image_captions,
                                  .gallery_groups = caption_numbers,
                                  .left_out = {},
                                  .query_names = ids},
                                 "image_to_caption", options_.cuts),
           report);
    return report;
  }

 private:
  CaptionImageOptions options_;
};

}  // namespace

std::unique_ptr<SubjectProtocol> make_caption_image(const CaptionImageOptions& options) {
  return std::make_unique<CaptionImage>(options);
}

}  // namespace twinset
