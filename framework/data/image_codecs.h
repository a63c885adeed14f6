// One decoder a format; decode_image picks among them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "framework/data/image.h"

namespace twinset::image_codecs {

constexpr int64_t kMostPixels = 64'000'000;

Image decode_jpeg(std::string_view bytes, const std::string& place);
Image decode_png(std::string_view bytes, const std::string& place);
Image decode_webp(std::string_view bytes, const std::string& place);

/// Throws the DataError of a damaged image.
[[noreturn]] void fail(const std::string& place, const char* format, std::string_view reason);

/// An image of this size, all zero. @throws DataError, before any memory is taken, if it has more
/// than `kMostPixels`.
Image blank_image(int64_t width, int64_t height, const std::string& place);

/// Mixes RGBA pixels with white by their alpha.
void lay_over_white(const uint8_t* rgba, Image& image);

}  // namespace twinset::image_codecs
