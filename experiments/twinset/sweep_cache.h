#pragma once

#include <memory>

#include "framework/data/shared_decoded_cache.h"

namespace twinset {

/// Makes the cache of decoded images that the jobs of a sweep on this machine share, and tells it
/// to the processes that are started from here on, by the environment variable
/// TWINSET_DECODED_CACHE. Null for 0 gigabytes.
std::unique_ptr<SharedDecodedCache> make_sweep_cache(double gigabytes);

/// The cache that the environment tells of, opened at the first call, or null.
SharedDecodedCache* sweep_cache();

}  // namespace twinset
