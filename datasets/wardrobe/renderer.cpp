#include "datasets/wardrobe/renderer.h"

#include <algorithm>
#include <cmath>

#include "datasets/wardrobe/backdrop.h"

namespace twinset::wardrobe {

Renderer::Renderer(int size) : size_(size), painter_(size) {
  const size_t pixels = static_cast<size_t>(size) * static_cast<size_t>(size);
  shadow_.resize(pixels);
  scratch_.resize(pixels);
  picture_.resize(pixels * 4);
}

const uint8_t* Renderer::render(int64_t seed, const Product& product, const Scene& scene) {
  const auto random = [&](std::string_view purpose) {
    return CounterRandom(
        {static_cast<uint64_t>(seed), 0, static_cast<uint64_t>(product.index), purpose});
  };
  const Garment garment = make_garment(product, random("cut"));
  const Dyes dyes = make_dyes(product, random("dye"));
  painter_.paint(product, garment, dyes, pattern_variant(random("pattern_variant")), scene);
  blur_shadow();
  paint_backdrop(scene, size_, picture_.data());
  compose(scene);
  return picture_.data();
}

std::vector<uint8_t> Renderer::coverage() const {
  std::vector<uint8_t> result;
  const uint8_t* data = painter_.pixels();
  const int stride = painter_.stride();
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) result.push_back(data[y * stride + x * 4 + 3]);
  }
  return result;
}

// Two box blurs in each direction are near enough to a Gaussian for a soft shadow.
void Renderer::blur_shadow() {
  const uint8_t* data = painter_.pixels();
  const int stride = painter_.stride();
  const int radius = std::max(1, size_ / 32), width = 2 * radius + 1;
  for (int y = 0; y < size_; ++y) {
    uint8_t* row = scratch_.data() + y * size_;
    int sum = 0;
    const auto alpha = [&](int x) {
      return x < 0 || x >= size_ ? 0 : int{data[y * stride + x * 4 + 3]};
    };
    for (int x = -radius; x < radius; ++x) sum += alpha(x);
    for (int x = 0; x < size_; ++x) {
      sum += alpha(x + radius);
      row[x] = static_cast<uint8_t>(sum / width);
      sum -= alpha(x - radius);
    }
  }
  std::vector<int> sums(static_cast<size_t>(size_), 0);
  const auto add_row = [&](int y, int sign) {
    if (y < 0 || y >= size_) return;
    const uint8_t* row = scratch_.data() + y * size_;
    for (int x = 0; x < size_; ++x) sums[static_cast<size_t>(x)] += sign * row[x];
  };
  for (int y = -radius; y < radius; ++y) add_row(y, 1);
  for (int y = 0; y < size_; ++y) {
    add_row(y + radius, 1);
    uint8_t* row = shadow_.data() + y * size_;
    for (int x = 0; x < size_; ++x)
      row[x] = static_cast<uint8_t>(sums[static_cast<size_t>(x)] / width);
    add_row(y - radius, -1);
  }
}

void Renderer::compose(const Scene& scene) {
  const uint8_t* layer = painter_.pixels();
  const int stride = painter_.stride();
  const NoiseField& creases = crease_field();
  const NoiseField& grain = grain_field();
  const int drop_x = size_ / 40 + 1, drop_y = size_ / 28 + 1;
  const float zoom = 96.0f * 1.6f / static_cast<float>(size_);
  const auto offset = static_cast<int>(scene.texture_offset & 0xffff),
             grain_offset = static_cast<int>(scene.texture_offset >> 16);
  const float crease_strength = static_cast<float>(scene.wrinkles) * .13f,
              noise = static_cast<float>(scene.noise) * 255.0f;
  const float red = static_cast<float>(scene.exposure * (1 + scene.warmth)),
              blue = static_cast<float>(scene.exposure * (1 - scene.warmth));
  const float green = static_cast<float>(scene.exposure);
  for (int y = 0; y < size_; ++y) {
    const uint8_t* cloth = layer + y * stride;
    uint8_t* out = picture_.data() + static_cast<size_t>(y) * static_cast<size_t>(size_) * 4;
    const uint8_t* shadow = y >= drop_y ? shadow_.data() + (y - drop_y) * size_ : nullptr;
    const float v = (static_cast<float>(y) + .5f) / static_cast<float>(size_) - .5f;
    for (int x = 0; x < size_; ++x, cloth += 4, out += 4) {
      const float u = (static_cast<float>(x) + .5f) / static_cast<float>(size_) - .5f;
      const float light =
          1 + static_cast<float>(scene.light_x) * u + static_cast<float>(scene.light_y) * v;
      const int cover = cloth[3];
      float behind = 0;
      if (cover < 255) {
        const float dark = shadow != nullptr && x >= drop_x ? shadow[x - drop_x] / 255.0f : 0;
        behind = (1 - static_cast<float>(cover) / 255.0f) *
                 (1 - static_cast<float>(scene.shadow) * dark);
      }
      float crease = 1;
      if (cover > 0)
        crease += crease_strength *
                  creases.at(static_cast<float>(x) * zoom, static_cast<float>(y) * zoom, offset);
      const float n = noise * grain.at(x, y, grain_offset);
      const auto channel = [&](int k, float gain) {
        const float value =
            (static_cast<float>(out[k]) * behind + static_cast<float>(cloth[k]) * crease) * light *
                gain +
            n;
        return static_cast<uint8_t>(std::clamp(value + .5f, 0.0f, 255.0f));
      };
      out[0] = channel(0, blue);
      out[1] = channel(1, green);
      out[2] = channel(2, red);
    }
  }
}

}  // namespace twinset::wardrobe
