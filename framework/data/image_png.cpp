// PNG by libpng's simplified interface.
#include <png.h>

#include "framework/data/image_codecs.h"

namespace twinset::image_codecs {
namespace {

/// Frees what libpng holds, also when an exception passes.
struct PngReader {
  png_image image{};
  PngReader() { image.version = PNG_IMAGE_VERSION; }
  ~PngReader() { png_image_free(&image); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
};

}  // namespace

Image decode_png(std::string_view bytes, const std::string& place) {
  PngReader reader;
  if (!png_image_begin_read_from_memory(&reader.image, bytes.data(), bytes.size()))
    fail(place, "PNG", reader.image.message);
  reader.image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // libpng would take 16 bits for linear light
  Image image = blank_image(reader.image.width, reader.image.height, place);
  const bool has_alpha = (reader.image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  reader.image.format = has_alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  std::vector<uint8_t> rgba(has_alpha ? image.pixels.size() / 3 * 4 : 0);
  uint8_t* out = has_alpha ? rgba.data() : image.pixels.data();
  if (!png_image_finish_read(&reader.image, nullptr, out, 0, nullptr))
    fail(place, "PNG", reader.image.message);
  if (has_alpha) lay_over_white(rgba.data(), image);
  return image;
}

}  // namespace twinset::image_codecs
