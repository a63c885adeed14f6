#include "eval/data_uri.h"

#include <fmt/format.h>

#include <cstdint>

#include "framework/core/error.h"

namespace twinset {

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j) text += j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::string image_data_uri(std::string_view bytes, const std::string& where) {
  std::string type;
  if (bytes.starts_with("\xff\xd8")) type = "jpeg";
  if (bytes.starts_with("\x89PNG")) type = "png";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) type = "webp";
  if (bytes.starts_with("<?xml") || bytes.starts_with("<svg")) type = "svg+xml";
  if (type.empty()) {
    throw DataError({.where = where, .what = "the image is of no known kind", .expected = "JPEG, PNG, WebP or SVG"});
  }
  return fmt::format("data:image/{};base64,{}", type, base64(bytes));
}

}  // namespace twinset
