// The two layouts that the wardrobe is written in.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "datasets/wardrobe/attributes.h"
#include "datasets/wardrobe/wardrobe.h"

namespace twinset::wardrobe {

/// What a writer reports and asks on its way.
class Progress {
 public:
  Progress(const WardrobeOptions& options, const ProgressCallback& callback)
      : options_(options), callback_(callback) {}
  /// @throws Interrupted once Ctrl-C came; from any thread.
  void check_interrupt() const;
  void add(int64_t products);

 private:
  const WardrobeOptions& options_;
  const ProgressCallback& callback_;
  int64_t done_ = 0;
};

/// Writes the tar shards and truth.jsonl; returns the files to be listed in the manifest.
std::vector<std::string> write_shards(const WardrobeOptions& options, Progress& progress,
                                      WardrobeSummary& summary);
/// Writes women/, labels/ and truth.jsonl.
std::vector<std::string> write_fashion200k(const WardrobeOptions& options, Progress& progress,
                                           WardrobeSummary& summary);

/// A product's place in Fashion200K: "dresses/cocktail_dresses" and the label file's "dress".
struct Fashion200kPlace {
  std::string label;
  std::string folder;
};
Fashion200kPlace fashion200k_place(const Product& product);

/// options.num_threads, or the available cores.
int num_threads_of(const WardrobeOptions& options);
inline constexpr int64_t kBlockProducts = 256;

}  // namespace twinset::wardrobe
