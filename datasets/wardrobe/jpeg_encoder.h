#pragma once

#include <cstdint>
#include <string>

namespace twinset::wardrobe {

/// Encodes pictures as baseline JPEG with libjpeg-turbo; not shared between threads.
class JpegEncoder {
 public:
  JpegEncoder();
  ~JpegEncoder();
  JpegEncoder(const JpegEncoder&) = delete;
  JpegEncoder& operator=(const JpegEncoder&) = delete;

  /// @param pixels   [size, size] of blue, green, red and an unused byte
  /// @param quality  1 to 100
  std::string encode(const uint8_t* pixels, int size, int quality);

 private:
  void* handle_;
  unsigned char* buffer_ = nullptr;
  unsigned long capacity_ = 0;
};

}  // namespace twinset::wardrobe
