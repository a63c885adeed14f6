#include "experiments/pinlanding/assign/encode_partitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "eval/unit_rows.h"
#include "experiments/twinset/run_evaluation.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/tracking/progress.h"

namespace twinset::pinlanding {
namespace {

// A partition whose loader is at work.
struct Opened {
  int64_t index = 0, first = 0, count = 0;
  std::unique_ptr<CatalogueRange> range;
  at::Tensor titles;
  std::unique_ptr<Loader> loader;
};

int64_t products_in(const CatalogueEncoding& e, int64_t index) {
  return std::min(e.partition_products, e.catalogue.size() - index * e.partition_products);
}

std::unique_ptr<Opened> open(const CatalogueEncoding& e, int64_t index) {
  auto opened = std::make_unique<Opened>();
  opened->index = index;
  opened->first = index * e.partition_products;
  opened->count = products_in(e, index);
  opened->range = std::make_unique<CatalogueRange>(e.catalogue, opened->first, opened->count);
  if (e.model.encoders.query->reads_tokens()) {
    std::vector<std::string> titles;
    for (int64_t i = 0; i < opened->count; ++i) titles.push_back(opened->range->record(i).title);
    opened->titles = tokenize(*e.data.tokenizer, titles, e.run.title_length);
  }
  LoaderOptions loader = e.run.loader;
  loader.batch_size = e.run.evaluation.batch_size;
  loader.cache_decoded = false;
  loader.max_broken_share = 1.0;  // counted over the catalogue
  opened->loader = std::make_unique<Loader>(
      LoaderSource{.dataset = opened->range.get(),
                   .labels = nullptr,
                   .titles = opened->titles.defined() ? &opened->titles : nullptr,
                   .with_images = e.model.encoders.query->reads_images(),
                   .transform = e.run.transform,
                   .is_training = false,
                   .seed = static_cast<uint64_t>(e.run.seed)},
      loader);
  return opened;
}

EncodedBatch embed_batch(const CatalogueEncoding& e, const Opened& partition, const Batch& batch) {
  const Precision precision = parse_precision(e.run.trainer.precision);
  const at::Tensor rows =
      unit_rows(embed(*e.model.encoders.query, query_input(batch, precision, e.run.trainer.device),
                      precision)
                    .cpu(),
                "product")
          .contiguous();
  const float* values = rows.data_ptr<float>();
  EncodedBatch encoded{.partition = partition.index,
                       .first = partition.first,
                       .count = partition.count,
                       .samples = {},
                       .embeddings = {values, values + rows.numel()}};
  for (const int64_t sample : batch.samples) encoded.samples.push_back(partition.first + sample);
  return encoded;
}

}  // namespace

void encode_partitions(const CatalogueEncoding& encoding, const std::vector<int64_t>& todo,
                       const std::function<void(EncodedBatch)>& use) {
  if (todo.empty()) return;
  const CatalogueEncoding& e = encoding;
  int64_t total = 0, num_done = 0, num_broken = 0;
  for (const int64_t index : todo) total += products_in(e, index);
  Progress progress("assign", total, "products");
  std::unique_ptr<Opened> next = open(e, todo.front());
  for (size_t k = 0; k < todo.size(); ++k) {
    const std::unique_ptr<Opened> now = std::move(next);
    if (k + 1 < todo.size()) next = open(e, todo[k + 1]);
    int64_t num_read = 0;
    while (const std::optional<Batch> batch = now->loader->next()) {
      if (interrupt_requested())
        throw Interrupted({.what = "interrupted while assigning; the same command goes on"});
      use(embed_batch(e, *now, *batch));
      num_read += batch->size();
      progress.update(num_done += batch->size());
    }
    num_broken += now->count - num_read;
    if (static_cast<double>(num_broken) >
        e.run.loader.max_broken_share * static_cast<double>(e.catalogue.size())) {
      throw DataError({.where = "assign",
                       .what = fmt::format("{} images of {} products are broken", num_broken,
                                           e.catalogue.size()),
                       .expected = fmt::format("at most a share of {} (loader.max_broken_share)",
                                               e.run.loader.max_broken_share)});
    }
    use({.partition = now->index,
         .first = now->first,
         .count = now->count,
         .samples = {},
         .embeddings = {},
         .is_last = true});
  }
}

}  // namespace twinset::pinlanding
