#include "datasets/wardrobe/product_record.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "datasets/wardrobe/fabric.h"
#include "datasets/wardrobe/raw_attributes.h"

namespace twinset::wardrobe {

namespace {

using Json = nlohmann::ordered_json;

void add_attributes(const Product& product, Json& json) {
  for (int f = 0; f < kNumFamilies; ++f) {
    const Family family = static_cast<Family>(f);
    const auto& values = product.all(family);
    const std::string name(family_name(family));
    if (values.size() == 1) {
      json[name] = values.front();
    } else if (!values.empty()) {
      json[name] = values;
    }
  }
}

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

Json rgb(const Colour& colour) {
  const uint32_t packed = pack(colour);
  return Json::array({packed >> 16 & 255, packed >> 8 & 255, packed & 255});
}

Json scene_json(const Scene& scene) {
  return {{"rotation_degrees", rounded(scene.rotation * 57.29577951308232)},
          {"zoom", rounded(scene.zoom)},
          {"shift", {rounded(scene.shift_x), rounded(scene.shift_y)}},
          {"shear", rounded(scene.shear)},
          {"mirrored", scene.is_mirrored},
          {"light", {rounded(scene.light_x), rounded(scene.light_y)}},
          {"exposure", rounded(scene.exposure)},
          {"warmth", rounded(scene.warmth)},
          {"shadow", rounded(scene.shadow)},
          {"noise", rounded(scene.noise)},
          {"wrinkles", rounded(scene.wrinkles)},
          {"background", scene.background},
          {"background_rgb", rgb(scene.background_colour)},
          {"hanger", scene.has_hanger}};
}

}  // namespace

std::string shard_record(const Product& product, const std::string& title) {
  Json json = {{"id", product.id}, {"title", title}};
  add_attributes(product, json);
  return json.dump();
}

std::string truth_line(int64_t seed, const Product& product, const std::string& split,
                       const std::string& title, const std::vector<Scene>& views) {
  Json json = {{"id", product.id}, {"split", split}, {"title", title}};
  json["attributes"] = Json::object();
  add_attributes(product, json["attributes"]);
  json["raw_attributes"] = json["raw_values"] = Json::object();
  for (const RawAttribute& raw : raw_attributes(seed, product)) {
    const std::string name(family_name(raw.family));
    json["raw_attributes"][name].push_back(raw.phrase);
    json["raw_values"][name].push_back(raw.value);
  }
  const Dyes dyes = make_dyes(
      product,
      CounterRandom({static_cast<uint64_t>(seed), 0, static_cast<uint64_t>(product.index), "dye"}));
  json["colour_rgb"] = rgb(dyes.base);
  if (dyes.has_second) json["second_colour_rgb"] = rgb(dyes.second);
  json["render"] = Json::array();
  for (const Scene& scene : views) json["render"].push_back(scene_json(scene));
  return json.dump() + "\n";
}

}  // namespace twinset::wardrobe
