#include "datasets/wardrobe/scene.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

namespace twinset::wardrobe {

namespace {

constexpr std::array<std::pair<std::string_view, double>, 6> kBackgrounds = {
    {{"studio", 46}, {"pastel", 20}, {"wall", 11}, {"wood", 8}, {"concrete", 8}, {"linen", 7}}};

Colour background_colour(std::string_view background, CounterRandom& random) {
  static constexpr std::array<Colour, 7> kPastels = {{{.93, .85, .83},
                                                      {.84, .90, .94},
                                                      {.88, .93, .86},
                                                      {.95, .92, .82},
                                                      {.89, .86, .93},
                                                      {.80, .84, .82},
                                                      {.92, .89, .86}}};
  if (background == "pastel" || background == "wall")
    return kPastels[random.below(kPastels.size())];
  if (background == "wood")
    return random.bernoulli(.5) ? Colour{.72, .56, .40} : Colour{.86, .76, .62};
  if (background == "concrete")
    return random.bernoulli(.5) ? Colour{.66, .66, .65} : Colour{.52, .53, .55};
  if (background == "linen") return {.88, .85, .79};
  const double level = random.bernoulli(.75) ? random.uniform(.90, .98) : random.uniform(.68, .82);
  return {level, level, level};
}

}  // namespace

Scene sample_scene(int64_t seed, const Product& product, int view) {
  const std::string purpose = fmt::format("scene_{}", view);
  CounterRandom random(
      {static_cast<uint64_t>(seed), 0, static_cast<uint64_t>(product.index), purpose});
  Scene scene;
  const double spread = view == 0 ? 1.0 : 1.6;
  scene.rotation = random.normal() * .045 * spread;
  if (random.bernoulli(.06)) scene.rotation += random.uniform(-.25, .25);
  scene.zoom = random.uniform(.86, 1.0);
  if (view % 3 == 2) scene.zoom *= 1.45;
  scene.shift_x = random.normal() * .02 * spread;
  scene.shift_y = random.normal() * .02 * spread;
  scene.shear = random.normal() * .025 * spread;
  scene.is_mirrored = random.bernoulli(.5);
  scene.light_x = random.uniform(-.22, .22);
  scene.light_y = random.uniform(-.18, .08);
  scene.exposure = random.uniform(.93, 1.06);
  scene.warmth = random.normal() * .018;
  scene.shadow = random.uniform(.18, .45);
  scene.noise = random.uniform(.002, .014);
  scene.wrinkles = random.uniform(.3, 1.0);
  scene.has_hanger = random.bernoulli(.16);
  scene.texture_offset = random();

  const Colour cloth = palette_colour(product.get(Family::kColour));
  for (int attempt = 0; attempt < 12; ++attempt) {
    double position = random.uniform() * 100;
    for (const auto& [name, weight] : kBackgrounds) {
      scene.background = name;
      if (position < weight) break;
      position -= weight;
    }
    scene.background_colour = background_colour(scene.background, random);
    if (distance(cloth, scene.background_colour) > .30) break;
  }
  return scene;
}

}  // namespace twinset::wardrobe
