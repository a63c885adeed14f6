#include "datasets/wardrobe/jpeg_encoder.h"

#include <turbojpeg.h>

#include "framework/core/error.h"

namespace twinset::wardrobe {

JpegEncoder::JpegEncoder() : handle_(tjInitCompress()) {
  TWINSET_CHECK(handle_ != nullptr, tjGetErrorStr());
}

JpegEncoder::~JpegEncoder() {
  tjFree(buffer_);
  tjDestroy(handle_);
}

std::string JpegEncoder::encode(const uint8_t* pixels, int size, int quality) {
  const unsigned long needed = tjBufSize(size, size, TJSAMP_444);
  if (capacity_ < needed) {
    tjFree(buffer_);
    buffer_ = tjAlloc(static_cast<int>(needed));
    capacity_ = needed;
  }
  // Full chroma: thin red stripes on white would otherwise turn pink at 96 pixels.
  unsigned long num_bytes = capacity_;
  const int result = tjCompress2(handle_, pixels, size, 0, size, TJPF_BGRX, &buffer_, &num_bytes,
                                 TJSAMP_444, quality, TJFLAG_NOREALLOC);
  TWINSET_CHECK(result == 0, tjGetErrorStr2(handle_));
  return {reinterpret_cast<const char*>(buffer_), num_bytes};
}

}  // namespace twinset::wardrobe
