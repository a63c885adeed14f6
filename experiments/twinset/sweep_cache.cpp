#include "experiments/twinset/sweep_cache.h"

#include <cstdlib>

namespace twinset {
namespace {

constexpr const char* kVariable = "TWINSET_DECODED_CACHE";

}  // namespace

std::unique_ptr<SharedDecodedCache> make_sweep_cache(double gigabytes) {
  ::unsetenv(kVariable);
  if (gigabytes <= 0) return nullptr;
  auto cache = SharedDecodedCache::make(static_cast<int64_t>(gigabytes * 1e9));
  ::setenv(kVariable, cache->path().c_str(), 1);
  return cache;
}

SharedDecodedCache* sweep_cache() {
  static const std::unique_ptr<SharedDecodedCache> cache = [] {
    const char* path = std::getenv(kVariable);
    return path == nullptr ? nullptr : SharedDecodedCache::open(path);
  }();
  return cache.get();
}

}  // namespace twinset
