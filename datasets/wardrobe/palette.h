// The colours that colour names stand for.
#pragma once

#include <string_view>

namespace twinset::wardrobe {

/// sRGB, each channel in [0, 1].
struct Colour {
  double r = 0, g = 0, b = 0;
};

/// The middle of what a colour name means. The name must be a value of colour or second_colour.
Colour palette_colour(std::string_view name);

/// a + t (b - a).
Colour mix(const Colour& a, const Colour& b, double t);
/// Multiplies each channel, at most 1.
Colour scaled(const Colour& colour, double factor);
/// Rec. 709 luma in [0, 1].
double luma(const Colour& colour);
/// Euclidean distance in sRGB.
double distance(const Colour& a, const Colour& b);

}  // namespace twinset::wardrobe
