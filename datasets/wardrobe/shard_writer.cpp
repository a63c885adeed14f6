#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "datasets/wardrobe/jpeg_encoder.h"
#include "datasets/wardrobe/layouts.h"
#include "datasets/wardrobe/product_record.h"
#include "datasets/wardrobe/renderer.h"
#include "datasets/wardrobe/tar_writer.h"
#include "datasets/wardrobe/titles.h"
#include "framework/core/atomic_file.h"
#include "framework/core/thread_pool.h"

namespace twinset::wardrobe {

namespace {

namespace fs = std::filesystem;

struct Shard {
  std::string split;
  std::string name;
  std::vector<int64_t> products;
};

struct Entry {
  std::string id, jpeg, record, truth;
};

std::vector<Shard> plan_shards(const WardrobeOptions& options) {
  std::map<std::string, std::vector<Shard>> by_split;
  for (int64_t index = 0; index < options.num_products; ++index) {
    const std::string split =
        split_of(fmt::format("{:08d}", index), options.val_fraction, options.test_fraction);
    std::vector<Shard>& shards = by_split[split];
    if (shards.empty() ||
        static_cast<int64_t>(shards.back().products.size()) == options.shard_products) {
      shards.push_back(
          {split, fmt::format("{}-{}-{:06d}.tar", options.stem, split, shards.size()), {}});
    }
    shards.back().products.push_back(index);
  }
  std::vector<Shard> all;
  for (const char* split : {"train", "val", "test"}) {
    for (Shard& shard : by_split[split]) all.push_back(std::move(shard));
  }
  return all;
}

void make_entry(const WardrobeOptions& options, const std::string& split, int64_t index,
                Renderer* renderer, JpegEncoder* encoder, Entry& entry) {
  const Product product = sample_product(options.seed, index);
  const Scene scene = sample_scene(options.seed, product, 0);
  const std::string title = make_title(options.seed, product);
  entry.id = product.id;
  entry.truth = truth_line(options.seed, product, split, title, {scene});
  if (renderer == nullptr) return;
  entry.record = shard_record(product, title);
  entry.jpeg = encoder->encode(renderer->render(options.seed, product, scene), renderer->size(),
                               static_cast<int>(options.jpeg_quality));
}

// A block of products, drawn by all threads; without pictures if the shard exists already.
std::vector<Entry> make_block(const WardrobeOptions& options, const Shard& shard, size_t begin,
                              size_t count, bool has_pictures, const Progress& progress) {
  constexpr size_t kChunk = 16;  // a renderer's buffers serve so many products
  std::vector<Entry> entries(count);
  const size_t num_chunks = (count + kChunk - 1) / kChunk;
  parallel_for(static_cast<int64_t>(num_chunks), num_threads_of(options), [&](int64_t chunk) {
    std::unique_ptr<Renderer> renderer;
    std::unique_ptr<JpegEncoder> encoder;
    if (has_pictures) {
      renderer = std::make_unique<Renderer>(static_cast<int>(options.image_size));
      encoder = std::make_unique<JpegEncoder>();
    }
    const size_t first = static_cast<size_t>(chunk) * kChunk;
    for (size_t i = first; i < std::min(count, first + kChunk); ++i) {
      progress.check_interrupt();
      make_entry(options, shard.split, shard.products[begin + i], renderer.get(), encoder.get(),
                 entries[i]);
    }
  });
  return entries;
}

void write_shard(const WardrobeOptions& options, const Shard& shard, AtomicFile& truth,
                 Progress& progress) {
  const fs::path path = fs::path(options.folder) / shard.name;
  const bool is_new = !fs::exists(path);
  std::unique_ptr<AtomicFile> file;
  std::unique_ptr<TarWriter> tar;
  if (is_new) {
    file = std::make_unique<AtomicFile>(path);
    tar = std::make_unique<TarWriter>(*file);
  }
  const size_t block =
      static_cast<size_t>(std::max<int64_t>(kBlockProducts, 32 * num_threads_of(options)));
  for (size_t begin = 0; begin < shard.products.size(); begin += block) {
    const size_t count = std::min(block, shard.products.size() - begin);
    for (const Entry& entry : make_block(options, shard, begin, count, is_new, progress)) {
      if (is_new) {
        tar->add(entry.id + ".jpg", entry.jpeg);
        tar->add(entry.id + ".json", entry.record);
      }
      truth.write(entry.truth);
    }
    progress.add(static_cast<int64_t>(count));
  }
  if (is_new) {
    tar->finish();
    file->commit();
  }
}

}  // namespace

std::vector<std::string> write_shards(const WardrobeOptions& options, Progress& progress,
                                      WardrobeSummary& summary) {
  AtomicFile truth(fs::path(options.folder) / "truth.jsonl");
  std::vector<std::string> files;
  for (const Shard& shard : plan_shards(options)) {
    write_shard(options, shard, truth, progress);
    const auto num_products = static_cast<int64_t>(shard.products.size());
    files.push_back(shard.name);
    summary.num_images += num_products;
    summary.num_files += 1;
    summary.num_bytes += static_cast<int64_t>(fs::file_size(fs::path(options.folder) / shard.name));
    summary.split_products[shard.split] += num_products;
  }
  truth.commit();
  files.push_back("truth.jsonl");
  return files;
}

}  // namespace twinset::wardrobe
