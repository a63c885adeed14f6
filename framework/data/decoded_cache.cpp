#include "framework/data/decoded_cache.h"

#include <utility>

namespace twinset {

DecodedCache::DecodedCache(int64_t num_images, int64_t max_bytes)
    : images_(max_bytes > 0 ? static_cast<size_t>(num_images) : 0), max_bytes_(max_bytes) {}

DecodedCache::~DecodedCache() {
  for (const auto& image : images_) delete image.load();
}

void DecodedCache::with_image(int64_t index, const std::function<Image()>& decode,
                              const std::function<void(const Image&)>& use) {
  if (images_.empty()) return use(decode());
  std::atomic<const Image*>& slot = images_[static_cast<size_t>(index)];
  if (const Image* kept = slot.load(std::memory_order_acquire)) return use(*kept);
  auto image = std::make_unique<const Image>(decode());
  use(*image);
  const auto bytes = static_cast<int64_t>(image->pixels.size() + sizeof(Image));
  const bool fits = num_bytes_.fetch_add(bytes) + bytes <= max_bytes_;
  const Image* none = nullptr;
  if (fits && slot.compare_exchange_strong(none, image.get(), std::memory_order_acq_rel)) {
    image.release();
  } else {
    num_bytes_.fetch_sub(bytes);
  }
}

}  // namespace twinset
