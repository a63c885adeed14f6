#include "datasets/wardrobe/fabric.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>
#include <string>

#include "datasets/wardrobe/pattern_masks.h"

namespace twinset::wardrobe {

namespace {

Colour jittered(const Colour& colour, double amount, CounterRandom& random) {
  const double level = random.uniform(-amount, amount);
  const auto channel = [&](double v) {
    return std::clamp(v + level + random.uniform(-amount, amount) * .4, .02, .98);
  };
  return {channel(colour.r), channel(colour.g), channel(colour.b)};
}

Colour contrast_of(const Colour& base) {
  return luma(base) > .5 ? scaled(base, .45) : mix(base, {1, 1, 1}, .72);
}

// How bright a thread is, 1 on the average; u and v count 1/64 of the swatch's side.
double thread(std::string_view weave_name, double u, double v, CounterRandom& noise) {
  constexpr double kTurn = 2 * std::numbers::pi;
  const double n = noise.uniform(-1, 1);
  if (weave_name == "knit") {
    const double column = std::fmod(u, 4) - 2, slope = std::fabs(column) * .9;
    return 1 + .13 * std::sin(kTurn * (v + slope) / 4) - (std::fabs(column) > 1.5 ? .08 : 0) +
           .02 * n;
  }
  if (weave_name == "denim") return 1 + .07 * std::sin(kTurn * (u + v) / 2.67) + .09 * n;
  if (weave_name == "corduroy") return 1 + .20 * std::sin(kTurn * u / 4) + .03 * n;
  if (weave_name == "linen")
    return 1 + .06 * n + .05 * std::sin(kTurn * u / 16 + 3 * std::sin(v)) * std::sin(v * 1.57);
  if (weave_name == "wool") return 1 + .11 * n;
  if (weave_name == "cashmere") return 1 + .04 * n;
  if (weave_name == "fleece")
    return 1 + .09 * n + .05 * std::sin(kTurn * u / 8) * std::sin(kTurn * v / 8);
  if (weave_name == "velvet") return 1 + .08 * n + .05 * std::sin(kTurn * u / 32);
  if (weave_name == "leather") return 1 + .06 * n;
  if (weave_name == "lace") {
    const double hole = std::sin(kTurn * u / 5.33) * std::sin(kTurn * v / 5.33);
    return 1.03 - .30 * std::max(0.0, hole) + .06 * std::cos(kTurn * (u + v) / 16);
  }
  return 1 + .02 * n;
}

const std::vector<uint16_t>& texture(const std::string& name, int side) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, int>, std::vector<uint16_t>> cache;
  const std::lock_guard lock(mutex);
  std::vector<uint16_t>& pixels = cache[{name, side}];
  if (!pixels.empty()) return pixels;
  CounterRandom noise({0, 0, static_cast<uint64_t>(side), "thread"});
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double value = thread(name, 64.0 * x / side, 64.0 * y / side, noise);
      pixels.push_back(static_cast<uint16_t>(std::clamp(value * 256.0, 0.0, 400.0)));
    }
  }
  return pixels;
}

std::string texture_name(const Product& product) {
  const std::string_view category = product.get(Family::kCategory);
  if (category == "sweater" || category == "cardigan") return "knit";
  return std::string(product.get(Family::kMaterial));
}

}  // namespace

uint32_t pack(const Colour& colour) {
  const auto byte = [](double v) {
    return static_cast<uint32_t>(std::clamp(v * 255.0 + .5, 0.0, 255.0));
  };
  return 0xff000000u | byte(colour.r) << 16 | byte(colour.g) << 8 | byte(colour.b);
}

Dyes make_dyes(const Product& product, CounterRandom random) {
  Dyes dyes;
  dyes.base = jittered(palette_colour(product.get(Family::kColour)), .035, random);
  dyes.has_second = !product.all(Family::kSecondColour).empty();
  dyes.second = dyes.has_second
                    ? jittered(palette_colour(product.get(Family::kSecondColour)), .03, random)
                    : contrast_of(dyes.base);
  const std::string_view pattern = product.get(Family::kPattern);
  if (pattern == "floral") {
    dyes.third = luma(dyes.base) > .45 && product.get(Family::kColour) != "green"
                     ? Colour{.25, .5, .27}
                     : Colour{.93, .82, .36};
  } else if (pattern == "leopard") {
    dyes.third = mix(dyes.base, {.55, .3, .1}, .6);
  } else if (pattern == "camouflage") {
    dyes.second = scaled(dyes.base, .42);
    dyes.third = mix(dyes.base, {.85, .78, .6}, .55);
  } else if (pattern == "tartan") {
    dyes.third = luma(dyes.second) < .4 ? Colour{.95, .9, .6} : Colour{.1, .1, .12};
  } else {
    dyes.third = contrast_of(dyes.second);
  }
  return dyes;
}

int pattern_variant(CounterRandom random) {
  return static_cast<int>(random.below(kNumPatternVariants));
}

void weave(const Product& product, const Dyes& dyes, int variant, int side,
           std::vector<uint32_t>& pixels) {
  std::string pattern(product.get(Family::kPattern));
  const std::string_view category = product.get(Family::kCategory);
  const bool is_tailored = category == "trousers" || category == "blazer" ||
                           category == "jumpsuit" || category == "coat";
  if (pattern == "striped" && (is_tailored || (category == "shirt" && variant < 3)))
    pattern = "pinstriped";
  static const PatternMasks kNoMasks;
  const bool is_plain =
      pattern == "solid" || pattern == "graphic print" || pattern == "colour block";
  const PatternMasks& masks = is_plain ? kNoMasks : pattern_masks(pattern, variant, side);
  const std::vector<uint16_t>& threads = texture(texture_name(product), side);

  const auto channels = [](const Colour& c) {
    return std::array<int, 3>{int(c.r * 255 + .5), int(c.g * 255 + .5), int(c.b * 255 + .5)};
  };
  const auto base = channels(dyes.base), second = channels(dyes.second),
             third = channels(dyes.third);
  const size_t count = static_cast<size_t>(side) * static_cast<size_t>(side);
  pixels.resize(count);
  const bool second_on_top = pattern == "leopard";
  for (size_t i = 0; i < count; ++i) {
    const int a2 = masks.second.empty() ? 0 : masks.second[i],
              a3 = masks.third.empty() ? 0 : masks.third[i];
    uint32_t packed = 0xff;
    for (size_t k = 0; k < 3; ++k) {
      int value = base[k] * 255;
      if (second_on_top) {
        value += (third[k] * 255 - value) * a3 / 255;
        value += (second[k] * 255 - value) * a2 / 255;
      } else {
        value += (second[k] * 255 - value) * a2 / 255;
        value += (third[k] * 255 - value) * a3 / 255;
      }
      packed = packed << 8 | static_cast<uint32_t>(std::min(255, value / 255 * threads[i] / 256));
    }
    pixels[i] = packed;
  }
}

}  // namespace twinset::wardrobe
