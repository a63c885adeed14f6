// This file is compiled without fused multiply-add, so that every machine rounds alike.
#include "framework/data/color_jitter.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace twinset {
namespace {

uint8_t to_byte(float value) { return static_cast<uint8_t>(std::clamp(value, 0.0f, 255.0f)); }

uint8_t grey(const uint8_t* pixel) {
  return static_cast<uint8_t>(0.2989f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2]);
}

void blend_with(uint8_t* pixels, int64_t num_pixels, float other, float factor) {
  std::array<uint8_t, 256> table{};
  for (size_t i = 0; i < 256; ++i)
    table[i] = to_byte(factor * static_cast<float>(i) + (1.0f - factor) * other);
  for (int64_t i = 0; i < 3 * num_pixels; ++i) pixels[i] = table[pixels[i]];
}

void turn_hue(uint8_t* pixel, float turn) {
  const float r = pixel[0] / 255.0f, g = pixel[1] / 255.0f, b = pixel[2] / 255.0f;
  const float high = std::max({r, g, b}), low = std::min({r, g, b}), range = high - low;
  if (range == 0.0f) return;
  const float rc = (high - r) / range, gc = (high - g) / range, bc = (high - b) / range;
  float hue = high == r ? bc - gc : high == g ? 2.0f + rc - bc : 4.0f + gc - rc;
  hue = hue / 6.0f + 1.0f + turn;
  hue -= std::floor(hue);
  const float saturation = range / high;
  const float sector = std::floor(hue * 6.0f), f = hue * 6.0f - sector;
  const float p = std::clamp(high * (1.0f - saturation), 0.0f, 1.0f);
  const float q = std::clamp(high * (1.0f - saturation * f), 0.0f, 1.0f);
  const float t = std::clamp(high * (1.0f - saturation * (1.0f - f)), 0.0f, 1.0f);
  const float rgb[6][3] = {{high, t, p}, {q, high, p}, {p, high, t},
                           {p, q, high}, {t, p, high}, {high, p, q}};
  const float* chosen = rgb[static_cast<int>(sector) % 6];
  for (int c = 0; c < 3; ++c) pixel[c] = static_cast<uint8_t>(chosen[c] * 255.999f);
}

}  // namespace

void adjust_brightness(uint8_t* pixels, int64_t num_pixels, double factor) {
  blend_with(pixels, num_pixels, 0.0f, static_cast<float>(factor));
}

void adjust_contrast(uint8_t* pixels, int64_t num_pixels, double factor) {
  int64_t sum = 0;
  for (int64_t i = 0; i < num_pixels; ++i) sum += grey(pixels + 3 * i);
  const double mean = static_cast<double>(sum) / static_cast<double>(num_pixels);
  blend_with(pixels, num_pixels, static_cast<float>(mean), static_cast<float>(factor));
}

void adjust_saturation(uint8_t* pixels, int64_t num_pixels, double factor) {
  const auto kept = static_cast<float>(factor);
  for (int64_t i = 0; i < num_pixels; ++i) {
    uint8_t* pixel = pixels + 3 * i;
    const float other = (1.0f - kept) * grey(pixel);
    for (int c = 0; c < 3; ++c) pixel[c] = to_byte(kept * pixel[c] + other);
  }
}

void adjust_hue(uint8_t* pixels, int64_t num_pixels, double turn) {
  for (int64_t i = 0; i < num_pixels; ++i) turn_hue(pixels + 3 * i, static_cast<float>(turn));
}

}  // namespace twinset
