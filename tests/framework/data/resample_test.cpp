#include "framework/data/resample.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/framework/data/goldens.h"

namespace twinset {
namespace {

std::vector<uint8_t> resampled(const Image& image, const CropBox& box, int size,
                               bool is_flipped = false) {
  std::vector<uint8_t> out(static_cast<size_t>(size) * static_cast<size_t>(size) * 3);
  resample(image, box, size, is_flipped, out.data());
  return out;
}

/// The definition, in double: a triangle of half-width max(scale, 1), normalised, no rounding
/// between the axes.
std::vector<uint8_t> by_definition(const Image& image, const CropBox& box, int size) {
  const auto weight = [size](int side, int output, int input) {
    const double scale = static_cast<double>(side) / size, support = std::max(scale, 1.0);
    return std::max(0.0, 1.0 - std::abs((input + 0.5 - (output + 0.5) * scale) / support));
  };
  std::vector<uint8_t> out;
  for (int oy = 0; oy < size; ++oy) {
    for (int ox = 0; ox < size; ++ox) {
      for (int c = 0; c < 3; ++c) {
        double sum = 0, total = 0;
        for (int y = 0; y < box.height; ++y) {
          for (int x = 0; x < box.width; ++x) {
            const double w = weight(box.height, oy, y) * weight(box.width, ox, x);
            total += w;
            sum += w * image.pixels[static_cast<size_t>(
                           ((box.top + y) * image.width + box.left + x) * 3 + c)];
          }
        }
        out.push_back(static_cast<uint8_t>(std::lround(sum / total)));
      }
    }
  }
  return out;
}

TEST(Resample, MatchesTorchvision) {
  for (const auto& entry : goldens().at("resample")) {
    const auto box = entry.at("box").get<std::vector<int>>();
    const Image image = golden_picture(entry.at("width"), entry.at("height"));
    const auto ours =
        resampled(image, {box[0], box[1], box[2], box[3]}, entry.at("size"), entry.at("flip"));
    const Difference d = difference(ours, golden_pixels(entry));
    EXPECT_LE(d.largest, 1) << entry.at("box");
    EXPECT_LT(d.mean, 0.3) << entry.at("box");
  }
}

TEST(Resample, MatchesTheDefinition) {
  const Image image = golden_picture(61, 47);
  for (const CropBox& box : {CropBox{0, 0, 61, 47}, CropBox{9, 4, 40, 31}, CropBox{60, 46, 1, 1},
                             CropBox{10, 10, 7, 30}}) {
    for (int size : {8, 19, 32}) {
      const Difference d = difference(resampled(image, box, size), by_definition(image, box, size));
      EXPECT_LE(d.largest, 1);
      EXPECT_LT(d.mean, 0.05);
    }
  }
}

TEST(Resample, SameSizeIsACopy) {
  const Image image = golden_picture(40, 40);
  EXPECT_EQ(resampled(image, {0, 0, 40, 40}, 40), image.pixels);
}

TEST(Resample, KeepsAConstantAtAnyScale) {
  for (int side : {1, 2, 7, 64, 1000, 5000}) {
    Image image{side, 3, std::vector<uint8_t>(static_cast<size_t>(side) * 9, 255)};
    for (uint8_t value : resampled(image, {0, 0, side, 3}, 16)) ASSERT_EQ(value, 255) << side;
  }
}

TEST(Resample, FlipMirrorsLeftToRight) {
  const Image image = golden_picture(50, 30);
  const auto plain = resampled(image, {3, 2, 41, 25}, 12),
             flipped = resampled(image, {3, 2, 41, 25}, 12, true);
  for (size_t y = 0; y < 12; ++y) {
    for (size_t x = 0; x < 12; ++x) {
      for (size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(flipped[(y * 12 + x) * 3 + c], plain[(y * 12 + 11 - x) * 3 + c], 1);
    }
  }
}

TEST(Resample, SeesOnlyTheBoxAndWritesOnlyItsPlace) {
  Image image = golden_picture(30, 30);
  const CropBox box{8, 9, 13, 11};
  const auto before = resampled(image, box, 10);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 30; ++x) {
      const bool is_inside = x >= 8 && x < 21 && y >= 9 && y < 20;
      for (int c = 0; c < 3 && !is_inside; ++c)
        image.pixels[static_cast<size_t>((y * 30 + x) * 3 + c)] ^= 0xFF;
    }
  }
  std::vector<uint8_t> out(10 * 10 * 3 + 16, 0xAB);
  resample(image, box, 10, false, out.data());
  EXPECT_EQ(std::vector<uint8_t>(out.begin(), out.end() - 16), before);
  EXPECT_EQ(std::vector<uint8_t>(out.end() - 16, out.end()), std::vector<uint8_t>(16, 0xAB));
}

}  // namespace
}  // namespace twinset
