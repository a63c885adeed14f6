// The wardrobe: a catalogue of rendered garments whose every attribute is known, the framework's
// own data set.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "framework/core/options.h"

namespace twinset::wardrobe {

struct WardrobeOptions {
  std::string folder;
  std::string stem = "wardrobe";
  std::string layout = "shards";
  int64_t num_products = 10000;
  int64_t seed = 0;
  int64_t image_size = 96;
  int64_t views = 3;
  int64_t shard_products = 1000;
  double val_fraction = .05;
  double test_fraction = .10;
  int64_t jpeg_quality = 90;
  int64_t num_queries = 5000;
  int64_t num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("folder", folder, Field{.help = "where the data set is written; one data set a folder"});
    v("stem", stem, Field{.help = "the shards are called STEM-{train,val,test}-000000.tar"});
    v("layout", layout,
      Field{.help = "WebDataset tar shards, or Fashion200K's folders and label files",
            .choices = {"shards", "fashion200k"}});
    v("num_products", num_products,
      Field{.help = "size of the catalogue, all splits together",
            .unit = "products",
            .min = 1,
            .max = 99'999'999});
    v("seed", seed,
      Field{.help = "another seed, another catalogue; the same seed, the same bytes", .min = 0});
    v("image_size", image_size,
      Field{.help = "side of the square pictures", .unit = "pixels", .min = 96, .max = 512});
    v("views", views,
      Field{.help = "pictures of each product in the fashion200k layout; shards hold one",
            .unit = "images",
            .min = 1,
            .max = 16});
    v("shard_products", shard_products,
      Field{.help = "products in a full shard", .unit = "products", .min = 1});
    v("val_fraction", val_fraction,
      Field{.help = "share of products in the val split; fashion200k has none and adds it to train",
            .min = 0,
            .max = .5});
    v("test_fraction", test_fraction,
      Field{.help = "share of products in the test split", .min = 0, .max = .5});
    v("jpeg_quality", jpeg_quality, Field{.help = "libjpeg's quality", .min = 1, .max = 100});
    v("num_queries", num_queries,
      Field{.help = "searches that search_log.jsonl adds up; 0: no log",
            .unit = "searches",
            .min = 0});
    v("num_threads", num_threads,
      Field{.help = "0: all cores; changes no byte", .unit = "threads", .min = 0, .max = 1024});
  }
};

struct WardrobeSummary {
  int64_t num_products = 0;
  int64_t num_images = 0;
  int64_t num_files = 0;  ///< shards or pictures
  int64_t num_bytes = 0;  ///< of shards or pictures
  std::map<std::string, int64_t> split_products;
  bool was_complete = false;  ///< the folder held this very data set; nothing was written
};

/// Called by the thread that called write_wardrobe, after every block of products.
using ProgressCallback = std::function<void(int64_t products_done, int64_t products_total)>;

/// Renders the catalogue and writes it with its truth.
///
/// Layout "shards": STEM-SPLIT-%06d.tar with ID.jpg and ID.json, the json flat: {"id": "00000042",
/// "title": "...", "category": "dress", "season": ["spring", "summer"], ...}; a family that does
/// not apply is absent, several values are a list. Layout "fashion200k":
/// labels/{dress,jacket,pants,skirt,top}_{train,test}_detect_all.txt with the lines path TAB
/// detection score TAB description, and women/CATEGORY/SUBCATEGORY/ID/ID_VIEW.jpeg; women's
/// products only. Both: truth.jsonl (every attribute, what a vision-language model would say, how
/// each picture was rendered), search_log.jsonl, and wardrobe.json, which is written last and says
/// that the folder is complete.
///
/// The bytes depend on the options without folder and num_threads. Files appear whole or not at
/// all; a run that was stopped goes on where it ended; a folder that is complete is left alone.
///
/// @throws ConfigError  an option out of range; the folder holds another data set
/// @throws SystemError  the disk refuses
/// @throws Interrupted  Ctrl-C; what is finished stays
WardrobeSummary write_wardrobe(const WardrobeOptions& options,
                               const ProgressCallback& on_progress = {});

/// "train", "val" or "test", by a hash of the id.
std::string split_of(const std::string& id, double val_fraction, double test_fraction);

}  // namespace twinset::wardrobe
