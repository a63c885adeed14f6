#include "framework/data/image.h"

#include <gmock/gmock.h>

#include "framework/core/error.h"
#include "tests/framework/data/goldens.h"

namespace twinset {
namespace {

using testing::HasSubstr;

std::string image_error(const std::string& bytes) {
  try {
    decode_image(bytes, "shard.tar:17.jpg");
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(DecodeImage, MatchesPillow) {
  for (const auto& entry : goldens().at("codecs")) {
    const Image image = decode_image(from_hex(entry.at("file").get<std::string>()), "golden");
    EXPECT_EQ(image.width, entry.at("width"));
    EXPECT_EQ(image.height, entry.at("height"));
    const Difference d = difference(image.pixels, golden_pixels(entry));
    EXPECT_LE(d.largest, 1) << entry.at("name");
  }
}

TEST(DecodeImage, TruncatedFilesAreErrorsThatNameThePlace) {
  for (const char* name : {"jpeg", "jpeg_444_progressive", "jpeg_grey", "png", "png_alpha", "webp",
                           "webp_lossless_alpha"}) {
    const std::string whole = golden_file(name);
    for (size_t kept : {size_t{20}, whole.size() / 2, whole.size() * 3 / 4}) {
      EXPECT_THAT(image_error(whole.substr(0, kept)),
                  HasSubstr("shard.tar:17.jpg: a truncated or corrupt"))
          << name << " " << kept;
    }
  }
}

TEST(DecodeImage, ADamagedFileDoesNotSpoilTheNextOne) {
  for (const auto& entry : goldens().at("codecs")) {
    const std::string whole = from_hex(entry.at("file").get<std::string>());
    const Image expected = decode_image(whole, "golden");
    for (size_t kept = 12; kept < whole.size(); kept += 17) {
      image_error(whole.substr(0, kept));
      ASSERT_EQ(image_error(whole), "no error") << entry.at("name") << " after " << kept;
      ASSERT_EQ(decode_image(whole, "golden").pixels, expected.pixels)
          << entry.at("name") << " after " << kept;
    }
  }
}

TEST(DecodeImage, TruncatedJpegSaysSo) {
  const std::string whole = golden_file("jpeg");
  EXPECT_EQ(image_error(whole.substr(0, whole.size() - 40)),
            "shard.tar:17.jpg: a truncated or corrupt JPEG image (Premature end of JPEG file)");
}

TEST(DecodeImage, DamagedPngSaysSo) {
  std::string file = golden_file("png");
  file[file.size() / 2] = static_cast<char>(file[file.size() / 2] ^ 0x55);
  EXPECT_THAT(image_error(file), HasSubstr("a truncated or corrupt PNG image"));
}

TEST(DecodeImage, ExtraBytesBehindTheImageAreHarmless) {
  for (const char* name : {"jpeg", "png"}) {
    EXPECT_EQ(image_error(golden_file(name) + std::string(100, 'x')), "no error") << name;
  }
}

TEST(DecodeImage, OtherFilesAreNamedByTheirFirstBytes) {
  EXPECT_EQ(image_error(""), "shard.tar:17.jpg: the image is empty, expected a JPEG, PNG or WebP");
  EXPECT_EQ(image_error("GIF89a..."),
            "shard.tar:17.jpg: the image begins with the bytes 47 49 46 38 39 61 2E 2E, expected a "
            "JPEG, PNG or WebP");
}

TEST(DecodeImage, HugeHeadersAreRefusedBeforeMemoryIsTaken) {
  std::string png = golden_file("png");
  const std::string side = std::string("\0\0\xFF\xFF", 4);
  png.replace(16, 8, side + side);  // width and height of IHDR; its checksum is then wrong too
  EXPECT_NE(image_error(png), "no error");
  std::string jpeg = golden_file("jpeg");
  const size_t frame = jpeg.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\xF0\x01\xF0\x01");
  EXPECT_EQ(
      image_error(jpeg),
      "shard.tar:17.jpg: an image of 61441 x 61441 pixels, expected 1 to 64000000 pixels in all");
}

// Every flipped byte gives an image or a DataError, never a crash.
TEST(DecodeImage, SurvivesDamageAnywhere) {
  for (const auto& entry : goldens().at("codecs")) {
    const std::string whole = from_hex(entry.at("file").get<std::string>());
    int num_errors = 0;
    for (size_t i = 0; i < whole.size(); i += 3) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ 0xFF);
      num_errors += image_error(damaged) != "no error";
    }
    EXPECT_GT(num_errors, 0) << entry.at("name");
  }
}

}  // namespace
}  // namespace twinset
