#include "experiments/composed_retrieval/composed_data.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <cstring>
#include <unordered_map>

#include "eval/protocols/composed_queries.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"
#include "framework/core/thread_pool.h"
#include "framework/data/image.h"

namespace twinset {

ComposedGallery decode_gallery(const Dataset& dataset, const TransformOptions& transform,
                               double max_gigabytes) {
  const int64_t side = transform.image_size, bytes = side * side * 3;
  const double gigabytes = static_cast<double>(dataset.size() * bytes) / 1e9;
  if (gigabytes > max_gigabytes) {
    throw ConfigError(
        {.where = "loader.cache_gigabytes",
         .what = fmt::format("{} images of {} pixels need {:.2f} GB, the bound is {:.2f}",
                             dataset.size(), side, gigabytes, max_gigabytes),
         .expected = "room for all decoded images, which are candidates at any step",
         .todo = "raise loader.cache_gigabytes or lower transform.image_size"});
  }
  const at::Tensor all = at::empty({dataset.size(), side, side, 3}, at::kByte);
  uint8_t* const pixels = all.mutable_data_ptr<uint8_t>();
  std::vector<int8_t> is_read(static_cast<size_t>(dataset.size()));
  parallel_for(dataset.size(), available_cores(), [&](int64_t i) {
    try {
      resize_for_evaluation(decode_image(dataset.image_bytes(i), dataset.place(i)), transform,
                            pixels + i * bytes);
      is_read[static_cast<size_t>(i)] = 1;
    } catch (const DataError& error) {
      log_warning("{}", error.what());
    }
  });
  ComposedGallery gallery;
  gallery.dataset = &dataset;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    if (is_read[static_cast<size_t>(i)] == 0) continue;
    const auto row = static_cast<int64_t>(gallery.samples.size());
    if (row != i)
      std::memmove(pixels + row * bytes, pixels + i * bytes, static_cast<size_t>(bytes));
    gallery.samples.push_back(i);
    gallery.captions.push_back(clean_caption(dataset.record(i).title));
  }
  if (gallery.samples.empty())
    throw DataError({.where = "composed retrieval",
                     .what = "no image of the split could be read",
                     .expected = "at least one"});
  gallery.images = all.narrow(0, 0, static_cast<int64_t>(gallery.samples.size()));
  return gallery;
}

ComposedPairs::ComposedPairs(const ComposedGallery& gallery, int64_t draws, uint64_t seed)
    : gallery_(gallery) {
  std::unordered_map<std::string, std::vector<int64_t>> images_of;
  for (size_t i = 0; i < gallery.captions.size(); ++i)
    images_of[gallery.captions[i]].push_back(static_cast<int64_t>(i));
  targets_.num_columns = static_cast<int64_t>(gallery.captions.size());
  for (int64_t draw = 0; draw < draws; ++draw) {
    for (const ComposedQuery& query :
         generate_composed_queries(gallery.captions, seed + static_cast<uint64_t>(draw))) {
      records_.push_back(
          {.id = fmt::format(
               "{}/{}",
               gallery.dataset->record(gallery.samples[static_cast<size_t>(query.source)]).id,
               draw),
           .title = modification_text(query),
           .attributes = {}});
      sources_.push_back(query.source);
      targets_.add_row(images_of.at(query.target_caption));
    }
  }
  if (records_.empty()) {
    throw DataError(
        {.where = "composed retrieval",
         .what = "no two captions differ in one word",
         .expected =
             "captions as Fashion200K's, such as 'red short dress' and 'blue short dress'"});
  }
}

std::vector<std::string> ComposedPairs::texts() const {
  std::vector<std::string> texts;
  for (const ProductRecord& record : records_) texts.push_back(record.title);
  return texts;
}

}  // namespace twinset
