// WebP by libwebp.
#include <webp/decode.h>

#include "framework/core/error.h"
#include "framework/data/image_codecs.h"

namespace twinset::image_codecs {
namespace {

const char* reason(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return "ends too early";
    case VP8_STATUS_BITSTREAM_ERROR:
      return "error in the bit stream";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "unsupported feature";
    default:
      return "can't be decoded";
  }
}

}  // namespace

Image decode_webp(std::string_view bytes, const std::string& place) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config))
    throw SystemError({.what = "libwebp has another version than its headers"});
  const VP8StatusCode header = WebPGetFeatures(data, bytes.size(), &config.input);
  if (header != VP8_STATUS_OK) fail(place, "WebP", reason(header));
  if (config.input.has_animation)
    throw DataError({.where = place, .what = "an animated WebP", .expected = "a still image"});
  Image image = blank_image(config.input.width, config.input.height, place);
  const bool has_alpha = config.input.has_alpha != 0;
  std::vector<uint8_t> rgba(has_alpha ? image.pixels.size() / 3 * 4 : 0);
  std::vector<uint8_t>& out = has_alpha ? rgba : image.pixels;
  config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {out.data(), image.width * (has_alpha ? 4 : 3), out.size()};
  const VP8StatusCode status = WebPDecode(data, bytes.size(), &config);
  if (status != VP8_STATUS_OK) fail(place, "WebP", reason(status));
  if (has_alpha) lay_over_white(rgba.data(), image);
  return image;
}

}  // namespace twinset::image_codecs
