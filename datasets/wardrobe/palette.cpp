#include "datasets/wardrobe/palette.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "framework/core/error.h"

namespace twinset::wardrobe {

Colour palette_colour(std::string_view name) {
  struct Rgb {
    int r, g, b;
  };
  static const std::map<std::string_view, Rgb> kPalette = {
      {"black", {32, 32, 35}},    {"white", {243, 243, 241}},      {"navy", {32, 42, 88}},
      {"blue", {38, 90, 184}},    {"grey", {142, 144, 148}},       {"beige", {214, 192, 156}},
      {"red", {204, 30, 40}},     {"pink", {240, 148, 182}},       {"green", {44, 134, 70}},
      {"brown", {112, 72, 44}},   {"light blue", {156, 200, 236}}, {"burgundy", {116, 22, 48}},
      {"olive", {108, 110, 58}},  {"yellow", {248, 216, 62}},      {"purple", {110, 56, 152}},
      {"orange", {242, 128, 34}}, {"teal", {18, 126, 130}},        {"mustard", {204, 154, 36}},
      {"lilac", {196, 170, 222}}, {"mint", {166, 224, 196}},       {"coral", {252, 124, 102}}};
  const auto entry = kPalette.find(name);
  TWINSET_CHECK(entry != kPalette.end(), "no colour for '" + std::string(name) + "'");
  return {entry->second.r / 255.0, entry->second.g / 255.0, entry->second.b / 255.0};
}

Colour mix(const Colour& a, const Colour& b, double t) {
  return {a.r + t * (b.r - a.r), a.g + t * (b.g - a.g), a.b + t * (b.b - a.b)};
}

Colour scaled(const Colour& colour, double factor) {
  return {std::min(1.0, colour.r * factor), std::min(1.0, colour.g * factor),
          std::min(1.0, colour.b * factor)};
}

double luma(const Colour& colour) { return .2126 * colour.r + .7152 * colour.g + .0722 * colour.b; }

double distance(const Colour& a, const Colour& b) {
  return std::sqrt((a.r - b.r) * (a.r - b.r) + (a.g - b.g) * (a.g - b.g) +
                   (a.b - b.b) * (a.b - b.b));
}

}  // namespace twinset::wardrobe
