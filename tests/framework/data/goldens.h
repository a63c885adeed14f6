// The golden file that make_goldens.py wrote with Pillow and torchvision.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/core/atomic_file.h"
#include "framework/data/image.h"

namespace twinset {

inline const nlohmann::json& goldens() {
  static const nlohmann::json json =
      nlohmann::json::parse(read_file("tests/framework/data/goldens.json"));
  return json;
}

inline std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

inline std::vector<uint8_t> golden_pixels(const nlohmann::json& entry) {
  const std::string bytes = from_hex(entry.at("pixels").get<std::string>());
  return {bytes.begin(), bytes.end()};
}

/// The golden file of a codec, such as "jpeg_cmyk".
inline std::string golden_file(const std::string& name) {
  for (const auto& entry : goldens().at("codecs")) {
    if (entry.at("name") == name) return from_hex(entry.at("file").get<std::string>());
  }
  ADD_FAILURE() << "no golden " << name;
  return "";
}

/// Ramps, edges and fine texture: the same picture as in make_goldens.py.
inline Image golden_picture(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        image.pixels.push_back(
            static_cast<uint8_t>((x * 7 * (c + 1) + y * 13 + ((x * y) >> 2) * 3 + c * 50) & 255));
      }
    }
  }
  return image;
}

/// Largest and mean absolute difference, and the share of values that differ by more than one.
struct Difference {
  int largest = 0;
  double mean = 0;
  double share_above_one = 0;
};

inline Difference difference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  EXPECT_EQ(a.size(), b.size());
  Difference result;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const int d = std::abs(int{a[i]} - int{b[i]});
    result.largest = std::max(result.largest, d);
    result.mean += d / static_cast<double>(a.size());
    result.share_above_one += (d > 1) / static_cast<double>(a.size());
  }
  return result;
}

}  // namespace twinset
