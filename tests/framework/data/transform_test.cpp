#include "framework/data/transform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "framework/data/color_jitter.h"
#include "framework/data/random_crop.h"
#include "framework/data/resample.h"
#include "tests/framework/data/goldens.h"

namespace twinset {
namespace {

CounterRandom stream(uint64_t sample) {
  return CounterRandom({.seed = 3, .epoch = 1, .sample = sample, .purpose = "augment"});
}

std::vector<uint8_t> augmented(const Image& image, const TransformOptions& options,
                               uint64_t sample) {
  std::vector<uint8_t> out(static_cast<size_t>(options.image_size) *
                           static_cast<size_t>(options.image_size) * 3);
  augment(image, options, stream(sample), out.data());
  return out;
}

TransformOptions plain(int size) {
  TransformOptions options;
  options.image_size = size;
  options.crop_scale_min = 1;
  options.crop_ratio_max = 1;
  options.flip_probability = 0;
  return options;
}

TEST(ColorJitter, MatchesTorchvision) {
  for (const auto& entry : goldens().at("adjust")) {
    Image image = golden_picture(20, 14);
    const auto name = entry.at("adjust").get<std::string>();
    const double factor = entry.at("factor");
    if (name == "brightness") adjust_brightness(image.pixels.data(), 280, factor);
    if (name == "contrast") adjust_contrast(image.pixels.data(), 280, factor);
    if (name == "saturation") adjust_saturation(image.pixels.data(), 280, factor);
    if (name == "hue") adjust_hue(image.pixels.data(), 280, factor);
    const Difference d = difference(image.pixels, golden_pixels(entry));
    EXPECT_LE(d.largest, 1) << name << " " << factor;
    EXPECT_LT(d.mean, 0.1) << name << " " << factor;
  }
}

TEST(RandomCrop, StaysInsideAndWithinItsShareAndRatio) {
  for (uint64_t i = 0; i < 2000; ++i) {
    CounterRandom random = stream(i);
    const CropBox box = random_crop(90, 120, 0.3, 1.5, random);
    ASSERT_GE(box.left, 0);
    ASSERT_GE(box.top, 0);
    ASSERT_LE(box.left + box.width, 90);
    ASSERT_LE(box.top + box.height, 120);
    // A side is rounded by half a pixel at most.
    ASSERT_GE((box.width + 0.5) * (box.height + 0.5), 0.3 * 90 * 120);
    ASSERT_LE((box.width - 0.5) / (box.height + 0.5), 1.5);
    ASSERT_GE((box.width + 0.5) / (box.height - 0.5), 1 / 1.5);
  }
}

// Oracle: the means over a fine grid of shares and log ratios, boxes that do not fit left out.
TEST(RandomCrop, AreaIsUniformRatioIsLogUniform) {
  const double scale_min = 0.1, ratio_max = 1.3;
  double share_sum = 0, square_sum = 0, num_fitting = 0;
  for (int i = 0; i < 1000; ++i) {
    for (int j = 0; j < 1000; ++j) {
      const double share = scale_min + (1 - scale_min) * (i + 0.5) / 1000,
                   log_ratio = std::log(ratio_max) * (2 * (j + 0.5) / 1000 - 1);
      if (share > std::exp(-std::abs(log_ratio))) continue;
      share_sum += share;
      square_sum += log_ratio * log_ratio;
      ++num_fitting;
    }
  }
  const int n = 10000, side = 10000;
  double mean_share = 0, mean_log_ratio = 0, mean_square = 0;
  for (uint64_t i = 0; i < n; ++i) {
    CounterRandom random = stream(i);
    const CropBox box = random_crop(side, side, scale_min, ratio_max, random);
    const double log_ratio = std::log(static_cast<double>(box.width) / box.height);
    mean_share += static_cast<double>(box.width) * box.height / (double{side} * side) / n;
    mean_log_ratio += log_ratio / n;
    mean_square += log_ratio * log_ratio / n;
  }
  // Tolerances: about four standard errors of the mean at this n.
  EXPECT_NEAR(mean_share, share_sum / num_fitting, 0.01);
  EXPECT_NEAR(mean_log_ratio, 0, 0.006);
  EXPECT_NEAR(mean_square, square_sum / num_fitting, 0.001);
}

TEST(RandomCrop, FallsBackToTheLargestCentralBox) {
  CounterRandom random = stream(0);
  const CropBox wide = random_crop(100, 10, 0.9, 4.0 / 3.0, random);
  EXPECT_EQ(wide.width, 13);
  EXPECT_EQ(wide.height, 10);
  EXPECT_EQ(wide.left, 43);
  EXPECT_EQ(wide.top, 0);
  const CropBox tall = random_crop(9, 300, 1.0, 1.0, random);
  EXPECT_EQ(tall.width, 9);
  EXPECT_EQ(tall.height, 9);
}

TEST(Augment, ScaleOneAndRatioOneIsTheEvaluationResize) {
  const Image image = golden_picture(48, 48);
  const TransformOptions options = plain(20);
  std::vector<uint8_t> resized(20 * 20 * 3);
  resize_for_evaluation(image, options, resized.data());
  EXPECT_EQ(augmented(image, options, 5), resized);
}

TEST(Augment, IsAFunctionOfItsStream) {
  const Image image = golden_picture(64, 48);
  TransformOptions options;
  options.image_size = 24;
  options.brightness = options.contrast = options.saturation = 0.4;
  options.hue = 0.1;
  std::set<std::vector<uint8_t>> seen;
  for (uint64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(augmented(image, options, i), augmented(image, options, i));
    seen.insert(augmented(image, options, i));
  }
  EXPECT_EQ(seen.size(), 20u);
}

TEST(Augment, FlipsTheAskedShare) {
  const Image image = golden_picture(32, 32);
  TransformOptions options = plain(32);
  options.flip_probability = 0.25;
  int flipped = 0;
  for (uint64_t i = 0; i < 2000; ++i) flipped += augmented(image, options, i) != image.pixels;
  EXPECT_NEAR(flipped / 2000.0, 0.25, 0.04);
}

TEST(Augment, BrightnessFactorsSpanTheirRange) {
  const Image image{8, 8, std::vector<uint8_t>(192, 100)};
  TransformOptions options = plain(8);
  options.brightness = 0.5;
  int low = 255, high = 0;
  for (uint64_t i = 0; i < 500; ++i) {
    const int value = augmented(image, options, i)[0];
    low = std::min(low, value);
    high = std::max(high, value);
  }
  EXPECT_NEAR(low, 50, 2);
  EXPECT_NEAR(high, 149, 2);
}

}  // namespace
}  // namespace twinset
