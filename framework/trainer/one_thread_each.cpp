#include "framework/trainer/one_thread_each.h"

#include <ATen/Parallel.h>
#include <ATen/ThreadLocalState.h>
#include <ATen/autocast_mode.h>
#ifdef _OPENMP
#include <omp.h>
#endif

namespace twinset {
namespace {

// Autocast keeps the casts of weights for all threads: a call must not see another's.
class NoSharedCasts {
 public:
  NoSharedCasts() : was_enabled_(at::autocast::is_autocast_cache_enabled()) {
    at::autocast::set_autocast_cache_enabled(false);
  }
  ~NoSharedCasts() { at::autocast::set_autocast_cache_enabled(was_enabled_); }
  NoSharedCasts(const NoSharedCasts&) = delete;
  NoSharedCasts& operator=(const NoSharedCasts&) = delete;

 private:
  bool was_enabled_;
};

}  // namespace

void one_thread_each(int64_t count, const std::function<void(int64_t i)>& body) {
#ifdef _OPENMP
  if (count > 1) {
    const at::ThreadLocalState state;
    at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
      const at::ThreadLocalStateGuard as_the_caller(state);
      const NoSharedCasts no_shared_casts;
      // For this region only. oneDNN plans a kernel for as many threads as there seem to be, and
      // would run the first one's part of it alone.
      omp_set_num_threads(1);
      for (int64_t i = begin; i < end; ++i) body(i);
    });
    return;
  }
#endif
  for (int64_t i = 0; i < count; ++i) body(i);
}

}  // namespace twinset
