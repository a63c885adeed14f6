// Images per second of the loader on product shards: decoding each time, and from the cache of
// decoded images.
//
//   loader_bench FOLDER 'products-train-*.tar' [batch_size] [num_threads] [image_size] [repeats]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "datasets/product_shards.h"
#include "framework/core/error.h"
#include "framework/data/loader.h"

namespace {

using namespace twinset;

double seconds_of_epoch(Loader& loader) {
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < loader.batches_per_epoch(); ++i) loader.next();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void report(const char* name, std::vector<double> seconds, int64_t images) {
  std::sort(seconds.begin(), seconds.end());
  const double middle = seconds[seconds.size() / 2];
  fmt::print("{:<22} {:>9.0f} images/s  (median of {} epochs of {} images, {:.0f} to {:.0f})\n",
             name, static_cast<double>(images) / middle, seconds.size(), images,
             static_cast<double>(images) / seconds.back(),
             static_cast<double>(images) / seconds.front());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print("usage: {} FOLDER SHARDS [batch_size] [num_threads] [image_size] [repeats]\n",
               argv[0]);
    return 2;
  }
  const auto number = [&](int i, int value) { return argc > i ? std::atoi(argv[i]) : value; };
  try {
    ProductShardsOptions shards;
    shards.root = argv[1];
    shards.train = argv[2];
    const auto open_start = std::chrono::steady_clock::now();
    const auto dataset = make_product_shards(shards, "train");
    fmt::print(
        "{} samples opened in {:.3f} s\n", dataset->size(),
        std::chrono::duration<double>(std::chrono::steady_clock::now() - open_start).count());
    LoaderOptions options;
    options.batch_size = number(3, 256);
    options.num_threads = number(4, 0);
    LoaderSource source;
    source.dataset = dataset.get();
    source.transform.image_size = number(5, 64);
    const int repeats = number(6, 5);
    for (const bool is_cached : {false, true}) {
      options.cache_decoded = is_cached;
      Loader loader(source, options);
      seconds_of_epoch(loader);
      std::vector<double> seconds;
      for (int i = 0; i < repeats; ++i) seconds.push_back(seconds_of_epoch(loader));
      report(is_cached ? "decoded images kept" : "decoding every time", seconds,
             loader.batches_per_epoch() * options.batch_size);
    }
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
