#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinset {

/// A decoded image: RGB bytes, row by row, no padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;  ///< [height, width, 3]
};

/// Decodes a JPEG (grey and CMYK too), PNG or WebP, told apart by their first bytes; transparency
/// is laid over white.
///
/// @param place  for the message
/// @throws DataError if the bytes are none of these, truncated or corrupt, or larger than 64
/// megapixels.
Image decode_image(std::string_view bytes, const std::string& place);

}  // namespace twinset
