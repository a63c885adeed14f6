#include "eval/data_uri.h"

#include <fmt/format.h>

#include "framework/core/error.h"
#include "framework/core/yaml_scalar.h"

namespace twinset {

std::string image_data_uri(std::string_view bytes, const std::string& where) {
  std::string type;
  if (bytes.starts_with("\xff\xd8")) type = "jpeg";
  if (bytes.starts_with("\x89PNG")) type = "png";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) type = "webp";
  if (bytes.starts_with("<?xml") || bytes.starts_with("<svg")) type = "svg+xml";
  if (type.empty()) {
    throw DataError({.where = where,
                     .what = "the image is of no known kind",
                     .expected = "JPEG, PNG, WebP or SVG"});
  }
  return fmt::format("data:image/{};base64,{}", type, base64(std::string(bytes)));
}

}  // namespace twinset
