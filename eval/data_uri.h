#pragma once

#include <string>
#include <string_view>

namespace twinset {

/// "data:image/jpeg;base64,...": an encoded JPEG, PNG or WebP, or an SVG document, as an address
/// that holds it.
/// @param where  for the message
/// @throws DataError for any other bytes
std::string image_data_uri(std::string_view bytes, const std::string& where);

}  // namespace twinset
