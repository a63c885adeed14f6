// Decoded images kept in memory, first come, first kept, up to a bound.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "framework/data/image.h"

namespace twinset {

/// Images of a data set by index. All methods may be called from several threads.
class DecodedCache {
 public:
  /// @param max_bytes  of pixels; 0 keeps nothing
  DecodedCache(int64_t num_images, int64_t max_bytes);
  ~DecodedCache();
  DecodedCache(const DecodedCache&) = delete;
  DecodedCache& operator=(const DecodedCache&) = delete;

  /// Calls `use` with the image: the kept one, or what `decode` makes, which is kept from then on
  /// if it fits.
  void with_image(int64_t index, const std::function<Image()>& decode,
                  const std::function<void(const Image&)>& use);
  int64_t num_bytes() const { return num_bytes_; }

 private:
  std::vector<std::atomic<const Image*>> images_;
  int64_t max_bytes_;
  std::atomic<int64_t> num_bytes_{0};
};

}  // namespace twinset
