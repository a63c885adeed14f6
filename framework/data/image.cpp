#include "framework/data/image.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/image_codecs.h"

namespace twinset {

Image decode_image(std::string_view bytes, const std::string& place) {
  using namespace image_codecs;
  if (bytes.starts_with("\xFF\xD8\xFF")) return decode_jpeg(bytes, place);
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return decode_png(bytes, place);
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP")
    return decode_webp(bytes, place);
  std::string first;
  for (char c : bytes.substr(0, 8))
    first += fmt::format("{}{:02X}", first.empty() ? "" : " ", static_cast<unsigned char>(c));
  throw DataError({.where = place,
                   .what = bytes.empty() ? "the image is empty"
                                         : fmt::format("the image begins with the bytes {}", first),
                   .expected = "a JPEG, PNG or WebP"});
}

namespace image_codecs {

void fail(const std::string& place, const char* format, std::string_view reason) {
  throw DataError({.where = place,
                   .what = fmt::format("a truncated or corrupt {} image ({})", format, reason)});
}

Image blank_image(int64_t width, int64_t height, const std::string& place) {
  if (width < 1 || height < 1 || width > kMostPixels || height > kMostPixels ||
      width * height > kMostPixels) {
    throw DataError({.where = place,
                     .what = fmt::format("an image of {} x {} pixels", width, height),
                     .expected = fmt::format("1 to {} pixels in all", kMostPixels)});
  }
  Image image{static_cast<int>(width), static_cast<int>(height), {}};
  image.pixels.resize(static_cast<size_t>(width * height * 3));
  return image;
}

void lay_over_white(const uint8_t* rgba, Image& image) {
  uint8_t* out = image.pixels.data();
  for (size_t i = 0; i < image.pixels.size(); i += 3, rgba += 4) {
    for (size_t c = 0; c < 3; ++c) {
      const int mixed = rgba[c] * rgba[3] + 255 * (255 - rgba[3]);
      out[i + c] = static_cast<uint8_t>((mixed + 127) / 255);
    }
  }
}

}  // namespace image_codecs
}  // namespace twinset
