#include "framework/trainer/one_thread_each.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace twinset {
namespace {

TEST(OneThreadEach, CallsEachOnceAndRestoresTheThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(2);
  for (const int64_t count : {0, 1, 2, 3, 50}) {
    std::vector<std::atomic<int>> calls(static_cast<size_t>(count));
    one_thread_each(count, [&](int64_t i) { ++calls[static_cast<size_t>(i)]; });
    for (const auto& c : calls) EXPECT_EQ(c, 1);
    EXPECT_EQ(at::get_num_threads(), 2);
  }
  at::set_num_threads(threads);
}

TEST(OneThreadEach, HasTheCallersGradientMode) {
  for (const bool is_enabled : {false, true}) {
    const at::AutoGradMode mode(is_enabled);
    std::atomic<int> others = 0;
    one_thread_each(8, [&](int64_t) { others += at::GradMode::is_enabled() != is_enabled; });
    EXPECT_EQ(others, 0);
  }
}

TEST(OneThreadEach, RethrowsWhatACallThrew) {
  EXPECT_THROW(one_thread_each(4,
                               [](int64_t i) {
                                 if (i == 3) throw std::out_of_range("3");
                               }),
               std::out_of_range);
}

}  // namespace
}  // namespace twinset
