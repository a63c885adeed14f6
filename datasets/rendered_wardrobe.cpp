#include "datasets/rendered_wardrobe.h"

#include <chrono>

#include "datasets/product_shards.h"
#include "framework/core/logging.h"

namespace twinset {

wardrobe::WardrobeSummary write_wardrobe_with_progress(const wardrobe::WardrobeOptions& options) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  Clock::time_point printed = begin;
  return write_wardrobe(options, [&](int64_t done, int64_t total) {
    const Clock::time_point now = Clock::now();
    if (now - printed < std::chrono::seconds(3) && done < total) return;
    printed = now;
    const double seconds = std::chrono::duration<double>(now - begin).count();
    log_info("rendering the wardrobe: {}/{} products, {:.0f} s left", done, total,
             seconds / static_cast<double>(done) * static_cast<double>(total - done));
  });
}

std::unique_ptr<Dataset> make_rendered_wardrobe(const wardrobe::WardrobeOptions& options,
                                                const std::string& split) {
  if (options.layout != "shards") {
    throw ConfigError(
        {.where = "dataset.reader.layout",
         .what = "is '" + options.layout + "'",
         .expected = "shards",
         .todo =
             "write that layout with `twinset wardrobe`, and read it with dataset=fashion200k"});
  }
  write_wardrobe_with_progress(options);
  ProductShardsOptions shards;
  shards.root = options.folder;
  shards.train = options.stem + "-train-*.tar";
  shards.val = options.stem + "-val-*.tar";
  shards.test = options.stem + "-test-*.tar";
  return make_product_shards(shards, split);
}

}  // namespace twinset
