// JPEG by libjpeg-turbo.
#include <turbojpeg.h>

#include <memory>

#include "framework/core/error.h"
#include "framework/data/image_codecs.h"

namespace twinset::image_codecs {
namespace {

struct CloseHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};

/// One a thread: making one costs more than decoding a small picture.
std::unique_ptr<void, CloseHandle>& decompressor() {
  thread_local std::unique_ptr<void, CloseHandle> handle;
  if (!handle) handle.reset(tjInitDecompress());
  if (!handle) throw SystemError({.what = "libjpeg-turbo can't start a decompressor"});
  return handle;
}

/// A damaged file can leave its state behind and spoil the next one, so the decompressor goes with
/// it.
[[noreturn]] void fail_jpeg(const std::string& place, const std::string& reason) {
  decompressor().reset();
  fail(place, "JPEG", reason);
}

/// Warnings that do not touch the picture; every other one means that pixels are missing.
bool is_harmless(std::string_view warning) {
  for (std::string_view text :
       {"extraneous bytes", "Invalid SOS parameters", "Unknown Adobe color transform",
        "bad ICC marker", "Inconsistent progression", "unknown JFIF revision"}) {
    if (warning.find(text) != std::string_view::npos) return true;
  }
  return false;
}

// Adobe's programs, the only ones that write such files, store the inks inverted: 255 is no ink.
void cmyk_to_rgb(const std::vector<uint8_t>& cmyk, Image& image) {
  for (size_t i = 0, o = 0; o < image.pixels.size(); i += 4, o += 3) {
    for (size_t c = 0; c < 3; ++c)
      image.pixels[o + c] = static_cast<uint8_t>((cmyk[i + c] * cmyk[i + 3] + 127) / 255);
  }
}

}  // namespace

Image decode_jpeg(std::string_view bytes, const std::string& place) {
  const tjhandle handle = decompressor().get();
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  int width = 0, height = 0, subsampling = 0, colour_space = 0;
  if (tjDecompressHeader3(handle, data, bytes.size(), &width, &height, &subsampling,
                          &colour_space) != 0 &&
      tjGetErrorCode(handle) == TJERR_FATAL) {
    fail_jpeg(place, tjGetErrorStr2(handle));
  }
  if (width < 1) fail_jpeg(place, "it ends before the image begins");
  Image image = blank_image(width, height, place);
  const bool is_cmyk = colour_space == TJCS_CMYK || colour_space == TJCS_YCCK;
  std::vector<uint8_t> cmyk(is_cmyk ? image.pixels.size() / 3 * 4 : 0);
  uint8_t* out = is_cmyk ? cmyk.data() : image.pixels.data();
  const int status = tjDecompress2(handle, data, bytes.size(), out, width, 0, height,
                                   is_cmyk ? TJPF_CMYK : TJPF_RGB, TJFLAG_LIMITSCANS);
  if (status != 0 &&
      (tjGetErrorCode(handle) == TJERR_FATAL || !is_harmless(tjGetErrorStr2(handle)))) {
    fail_jpeg(place, tjGetErrorStr2(handle));
  }
  if (is_cmyk) cmyk_to_rgb(cmyk, image);
  return image;
}

}  // namespace twinset::image_codecs
