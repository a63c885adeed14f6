#include "datasets/wardrobe/renderer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace twinset::wardrobe {
namespace {

struct Picture {
  std::vector<uint8_t> pixels, coverage;
};

Picture draw(const Product& product, int size, int view = 0) {
  Renderer renderer(size);
  const uint8_t* pixels = renderer.render(3, product, sample_scene(3, product, view));
  return {{pixels, pixels + static_cast<size_t>(size) * static_cast<size_t>(size) * 4},
          renderer.coverage()};
}

// The median of each channel where the garment covers the middle of the picture.
Colour middle_colour(const Picture& picture, int size) {
  std::array<std::vector<int>, 3> channels;
  for (int y = size / 4; y < size * 3 / 4; ++y) {
    for (int x = size / 4; x < size * 3 / 4; ++x) {
      const size_t i = static_cast<size_t>(y * size + x);
      if (picture.coverage[i] < 255) continue;
      for (size_t k = 0; k < 3; ++k) channels[k].push_back(picture.pixels[i * 4 + k]);
    }
  }
  const auto median = [](std::vector<int>& values) {
    std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                     values.end());
    return values[values.size() / 2] / 255.0;
  };
  return {median(channels[2]), median(channels[1]), median(channels[0])};
}

TEST(WardrobeRenderer, SolidGarmentsShowTheirColour) {
  int num_near = 0, num_solid = 0;
  for (int64_t index = 0; num_solid < 150; ++index) {
    const Product product = sample_product(3, index);
    if (product.get(Family::kPattern) != "solid" || product.is(Family::kMaterial, "lace")) continue;
    ++num_solid;
    const Colour seen = middle_colour(draw(product, 96), 96);
    const double offset = distance(seen, palette_colour(product.get(Family::kColour)));
    EXPECT_LT(offset, .40) << product.id << " " << product.get(Family::kColour);
    num_near += offset < .25 ? 1 : 0;
  }
  EXPECT_GE(num_near, num_solid * 9 / 10);
}

TEST(WardrobeRenderer, GarmentsFillTheMiddleAndLeaveABorder) {
  for (int64_t index = 0; index < 200; ++index) {
    const Picture picture = draw(sample_product(3, index), 96);
    const auto covered = std::count_if(picture.coverage.begin(), picture.coverage.end(),
                                       [](uint8_t a) { return a > 127; });
    EXPECT_GT(covered, 96 * 96 / 12) << index;
    EXPECT_LT(covered, 96 * 96 * 9 / 10) << index;
    const bool is_corner_free = picture.coverage[0] == 0 || picture.coverage[95] == 0;
    EXPECT_TRUE(is_corner_free) << index;
  }
}

TEST(WardrobeRenderer, LongSleevesReachFurtherThanShortOnes) {
  Product product = sample_product(3, 0);
  product.values[static_cast<size_t>(Family::kCategory)] = {"t-shirt"};
  product.values[static_cast<size_t>(Family::kNeckline)] = {"crew neck"};
  product.values[static_cast<size_t>(Family::kLength)] = {"regular"};
  double previous = 0;
  for (const char* sleeve : {"short", "three-quarter", "long"}) {
    product.values[static_cast<size_t>(Family::kSleeve)] = {sleeve};
    const Garment garment = make_garment(product, CounterRandom({3, 0, 0, "cut"}));
    double lowest = 0;  // of the parts that lie outside the torso
    for (const Part& part : garment.parts) {
      const Box box = part.path.box();
      if (box.right > .6 && box.left > .1) lowest = std::max(lowest, box.bottom);
    }
    EXPECT_GT(lowest, previous + .15) << sleeve;
    previous = lowest;
  }
}

TEST(WardrobeRenderer, PixelsDependOnProductAndSceneAlone) {
  const Product product = sample_product(3, 11);
  Renderer renderer(128);
  renderer.render(3, sample_product(3, 12), sample_scene(3, sample_product(3, 12), 0));
  const uint8_t* pixels = renderer.render(3, product, sample_scene(3, product, 0));
  const std::vector<uint8_t> reused(pixels, pixels + 128 * 128 * 4);
  EXPECT_EQ(reused, draw(product, 128).pixels);
  EXPECT_NE(reused, draw(product, 128, 1).pixels);
}

TEST(WardrobeRenderer, EveryCategoryAndSizeCanBeDrawn) {
  for (const auto& [category, weight] : family_weights(Family::kCategory)) {
    int64_t index = 0;
    while (sample_product(3, index).get(Family::kCategory) != category) ++index;
    for (int size : {96, 131, 512})
      EXPECT_FALSE(draw(sample_product(3, index), size).pixels.empty()) << category;
  }
}

TEST(WardrobeRenderer, StripesAlternateDownTheBody) {
  int64_t index = 0;
  const auto is_wanted = [](const Product& p) {
    return p.get(Family::kPattern) == "striped" && p.get(Family::kCategory) == "t-shirt" &&
           p.get(Family::kColour) == "white" && p.get(Family::kSecondColour) == "black";
  };
  while (!is_wanted(sample_product(3, index))) ++index;
  const Picture picture = draw(sample_product(3, index), 96);
  int changes = 0;
  bool was_dark = false;
  for (int y = 36; y < 84; ++y) {
    const uint8_t green = picture.pixels[static_cast<size_t>(y * 96 + 53) * 4 + 1];
    const bool is_dark = green < 120;
    changes += is_dark != was_dark ? 1 : 0;
    was_dark = is_dark;
  }
  EXPECT_GE(changes, 4);
}

}  // namespace
}  // namespace twinset::wardrobe
