#include "datasets/wardrobe/backdrop.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace twinset::wardrobe {

namespace {

constexpr int kSide = NoiseField::kSide;

// Smooth noise with `cells_x` by `cells_y` lattice cells on the square.
std::vector<float> smooth_noise(int cells_x, int cells_y, std::string_view purpose) {
  CounterRandom random({0, 0, 0, purpose});
  std::vector<double> lattice;
  for (int i = 0; i < cells_x * cells_y; ++i) lattice.push_back(random.uniform(-1, 1));
  const auto corner = [&](int x, int y) {
    return lattice[static_cast<size_t>((y % cells_y) * cells_x + x % cells_x)];
  };
  const auto ease = [](double t) { return t * t * (3 - 2 * t); };
  std::vector<float> values;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const double u = double(x) * cells_x / kSide, v = double(y) * cells_y / kSide;
      const int cx = static_cast<int>(u), cy = static_cast<int>(v);
      const double fx = ease(u - cx), fy = ease(v - cy);
      const double top = corner(cx, cy) * (1 - fx) + corner(cx + 1, cy) * fx;
      const double bottom = corner(cx, cy + 1) * (1 - fx) + corner(cx + 1, cy + 1) * fx;
      values.push_back(static_cast<float>(top * (1 - fy) + bottom * fy));
    }
  }
  return values;
}

void add(std::vector<float>& a, const std::vector<float>& b, float weight) {
  for (size_t i = 0; i < a.size(); ++i) a[i] += weight * b[i];
}

NoiseField make_creases() {
  std::vector<float> height = smooth_noise(14, 6, "crease_a");
  add(height, smooth_noise(26, 9, "crease_b"), .5f);
  add(height, smooth_noise(8, 20, "crease_c"), .35f);
  std::vector<float> relief(height.size());
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const auto at = [&](int dx, int dy) {
        return height[static_cast<size_t>(((y + dy) & (kSide - 1)) * kSide +
                                          ((x + dx) & (kSide - 1)))];
      };
      relief[static_cast<size_t>(y * kSide + x)] =
          std::clamp(9 * (at(1, 0) - at(-1, 0)) / 2 + 5 * (at(0, 1) - at(0, -1)) / 2, -1.3f, 1.3f);
    }
  }
  return NoiseField(std::move(relief));
}

NoiseField make_grain() {
  CounterRandom random({0, 0, 0, "grain"});
  std::vector<float> values;
  for (int i = 0; i < kSide * kSide; ++i) values.push_back(static_cast<float>(random.normal()));
  return NoiseField(std::move(values));
}

NoiseField make_clouds() {
  std::vector<float> values = smooth_noise(6, 6, "cloud_a");
  add(values, smooth_noise(17, 17, "cloud_b"), .5f);
  add(values, smooth_noise(60, 60, "cloud_c"), .35f);
  return NoiseField(std::move(values));
}

// The brightness of a background at (u, v) in [0, 1]^2; x and y count 1/96 of the side.
float brightness(std::string_view kind, float u, float v, float x, float y, int offset) {
  if (kind == "studio" || kind == "pastel") {
    const float r2 = (u - .5f) * (u - .5f) + (v - .45f) * (v - .45f);
    return 1.02f - .16f * r2;
  }
  if (kind == "wall") {
    const float floor = .80f + static_cast<float>(offset & 15) / 150.0f;
    return v < floor ? 1 : v < floor + .015f ? .70f : .84f + .1f * (v - floor);
  }
  if (kind == "wood") {
    const float across = (offset & 1) != 0 ? x : y, along = (offset & 1) != 0 ? y : x;
    const float plank = across / 16.0f + static_cast<float>(offset & 255) / 256.0f;
    const int index = static_cast<int>(plank);
    const float seam = plank - static_cast<float>(index) < .06f ? .72f : 1;
    const float tone = .93f + .05f * static_cast<float>((index * 7 + offset) % 4);
    return seam * tone * (1 + .05f * cloud_field().at(across * 9, along * .7f, offset));
  }
  if (kind == "concrete") return 1 + .09f * cloud_field().at(x * 1.5f, y * 1.5f, offset);
  const float threads =
      ((static_cast<int>(x) + static_cast<int>(y)) & 1) != 0 ? .03f : -.03f;  // linen
  return 1 + threads + .04f * grain_field().at(x, y, offset);
}

}  // namespace

const NoiseField& crease_field() {
  static const NoiseField field = make_creases();
  return field;
}

const NoiseField& grain_field() {
  static const NoiseField field = make_grain();
  return field;
}

const NoiseField& cloud_field() {
  static const NoiseField field = make_clouds();
  return field;
}

void paint_backdrop(const Scene& scene, int size, uint8_t* pixels) {
  const float step = 1.0f / static_cast<float>(size);
  const Colour& colour = scene.background_colour;
  const float blue = static_cast<float>(colour.b) * 255, green = static_cast<float>(colour.g) * 255,
              red = static_cast<float>(colour.r) * 255;
  const int offset = static_cast<int>(scene.texture_offset & 0xffff);
  for (int y = 0; y < size; ++y) {
    const float v = (static_cast<float>(y) + .5f) * step;
    for (int x = 0; x < size; ++x, pixels += 4) {
      const float u = (static_cast<float>(x) + .5f) * step;
      const float b = brightness(scene.background, u, v, u * 96, v * 96, offset);
      pixels[0] = static_cast<uint8_t>(std::clamp(blue * b, 0.0f, 255.0f));
      pixels[1] = static_cast<uint8_t>(std::clamp(green * b, 0.0f, 255.0f));
      pixels[2] = static_cast<uint8_t>(std::clamp(red * b, 0.0f, 255.0f));
    }
  }
}

}  // namespace twinset::wardrobe
