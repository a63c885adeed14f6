#include "datasets/wardrobe/wardrobe.h"

#include <fmt/format.h>

#include "datasets/wardrobe/layouts.h"
#include "datasets/wardrobe/manifest.h"
#include "datasets/wardrobe/search_log.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/random.h"
#include "framework/core/thread_pool.h"

namespace twinset::wardrobe {

namespace {

void check_options(const WardrobeOptions& options) {
  read_options<WardrobeOptions>(options_to_node(options), "wardrobe");
  if (options.folder.empty()) {
    throw ConfigError({.where = "wardrobe.folder",
                       .what = "is empty",
                       .expected = "a folder",
                       .todo = "say where the data set is to be written"});
  }
  if (options.stem.empty() || options.stem.size() > 60 ||
      options.stem.find('/') != std::string::npos) {
    throw ConfigError({.where = "wardrobe.stem",
                       .what = fmt::format("is '{}'", options.stem),
                       .expected = "1 to 60 characters without '/'"});
  }
}

}  // namespace

void Progress::check_interrupt() const {
  if (!interrupt_requested()) return;
  throw Interrupted(
      {.where = options_.folder,
       .what = fmt::format("stopped after about {} of {} products", done_, options_.num_products),
       .todo = "write it again with the same options to go on"});
}

void Progress::add(int64_t products) {
  done_ += products;
  if (callback_) callback_(done_, options_.num_products);
}

int num_threads_of(const WardrobeOptions& options) {
  return options.num_threads > 0 ? static_cast<int>(options.num_threads) : available_cores();
}

std::string split_of(const std::string& id, double val_fraction, double test_fraction) {
  CounterRandom random({0, 0, purpose_id(id), "split"});
  const double u = random.uniform();
  return u < test_fraction ? "test" : u < test_fraction + val_fraction ? "val" : "train";
}

WardrobeSummary write_wardrobe(const WardrobeOptions& options,
                               const ProgressCallback& on_progress) {
  check_options(options);
  if (check_folder(options) == FolderState::kComplete) return read_manifest(options.folder);
  mark_unfinished(options);
  Progress progress(options, on_progress);
  WardrobeSummary summary;
  summary.num_products = options.num_products;
  std::vector<std::string> files = options.layout == "shards"
                                       ? write_shards(options, progress, summary)
                                       : write_fashion200k(options, progress, summary);
  if (options.num_queries > 0) {
    write_search_log(options);
    files.push_back("search_log.jsonl");
  }
  write_manifest(options, summary, files);
  return summary;
}

}  // namespace twinset::wardrobe
