#include "experiments/twinset/sweep_cache.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

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
    // The process that ran the sweep still has the variable when the cache is gone, and reads data
    // again for its report.
    const bool is_own = path != nullptr && std::string(path).rfind(
                                               "/proc/" + std::to_string(::getpid()) + "/", 0) == 0;
    return path == nullptr || is_own ? nullptr : SharedDecodedCache::open(path);
  }();
  return cache.get();
}

}  // namespace twinset
