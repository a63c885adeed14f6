// Private to this folder.
#pragma once

#include <cstdint>
#include <functional>

namespace twinset {

/// Calls `body(i)` for each i in [0, count) at once, each on one thread of libtorch's, in which
/// operators, MKL and oneDNN use no other; with more calls than threads, some wait. Gradient mode
/// and autocast are the caller's. One call alone has all threads. Rethrows what a call threw.
///
/// Without OpenMP (clang++) one after the other, each on all threads.
void one_thread_each(int64_t count, const std::function<void(int64_t i)>& body);

}  // namespace twinset
