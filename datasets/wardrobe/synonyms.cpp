#include "datasets/wardrobe/synonyms.h"

#include <map>
#include <string>
#include <utility>

#include "framework/core/error.h"

namespace twinset::wardrobe {

namespace {

using Key = std::pair<Family, std::string_view>;
using Words = std::vector<std::string_view>;

const std::map<Key, Words>& table() {
  using enum Family;
  static const std::map<Key, Words> kTable = {
      {{kCategory, "t-shirt"}, {"t-shirt", "tee", "tshirt", "t shirt"}},
      {{kCategory, "dress"}, {"dress", "frock", "gown"}},
      {{kCategory, "shirt"}, {"shirt", "button-down", "button-up shirt"}},
      {{kCategory, "jeans"}, {"jeans", "denims", "denim pants"}},
      {{kCategory, "sweater"}, {"sweater", "jumper", "pullover", "knit"}},
      {{kCategory, "trousers"}, {"trousers", "pants", "slacks", "chinos"}},
      {{kCategory, "jacket"}, {"jacket", "bomber", "zip-up jacket"}},
      {{kCategory, "tank top"}, {"tank top", "tank", "cami", "vest top"}},
      {{kCategory, "blouse"}, {"blouse", "top", "feminine shirt"}},
      {{kCategory, "hoodie"}, {"hoodie", "hooded sweatshirt", "hoody"}},
      {{kCategory, "coat"}, {"coat", "overcoat", "outer coat"}},
      {{kCategory, "shorts"}, {"shorts", "short pants"}},
      {{kCategory, "cardigan"}, {"cardigan", "cardi", "knit jacket"}},
      {{kCategory, "polo shirt"}, {"polo shirt", "polo", "polo tee"}},
      {{kCategory, "blazer"}, {"blazer", "suit jacket", "sport coat"}},
      {{kCategory, "leggings"}, {"leggings", "tights"}},
      {{kCategory, "jumpsuit"}, {"jumpsuit", "playsuit", "overall"}},
      {{kColour, "black"}, {"black", "jet black", "noir"}},
      {{kColour, "white"}, {"white", "off white", "ivory"}},
      {{kColour, "navy"}, {"navy", "navy blue", "midnight", "ink"}},
      {{kColour, "blue"}, {"blue", "cobalt", "royal blue"}},
      {{kColour, "grey"}, {"grey", "gray", "silver grey", "heather grey"}},
      {{kColour, "beige"}, {"beige", "sand", "camel", "nude"}},
      {{kColour, "red"}, {"red", "scarlet", "cherry red"}},
      {{kColour, "pink"}, {"pink", "rose", "blush"}},
      {{kColour, "green"}, {"green", "emerald", "bottle green"}},
      {{kColour, "brown"}, {"brown", "chocolate", "coffee"}},
      {{kColour, "light blue"}, {"light blue", "sky blue", "baby blue"}},
      {{kColour, "burgundy"}, {"burgundy", "wine", "maroon", "oxblood"}},
      {{kColour, "olive"}, {"olive", "khaki green", "army green"}},
      {{kColour, "yellow"}, {"yellow", "lemon"}},
      {{kColour, "purple"}, {"purple", "violet", "plum"}},
      {{kColour, "orange"}, {"orange", "tangerine"}},
      {{kColour, "teal"}, {"teal", "petrol"}},
      {{kColour, "mustard"}, {"mustard", "ochre"}},
      {{kColour, "lilac"}, {"lilac", "lavender"}},
      {{kColour, "mint"}, {"mint", "mint green"}},
      {{kColour, "coral"}, {"coral", "salmon"}},
      {{kPattern, "solid"}, {"solid", "plain", "solid color"}},
      {{kPattern, "striped"}, {"striped", "stripe", "stripes"}},
      {{kPattern, "floral"}, {"floral", "flower print", "floral print"}},
      {{kPattern, "checked"}, {"checked", "gingham", "check"}},
      {{kPattern, "polka dot"}, {"polka dot", "spotted", "dotted", "polka-dot"}},
      {{kPattern, "graphic print"}, {"graphic print", "printed", "graphic"}},
      {{kPattern, "tartan"}, {"tartan", "plaid"}},
      {{kPattern, "leopard"}, {"leopard", "leopard print", "animal print"}},
      {{kPattern, "geometric"}, {"geometric", "geo print", "jacquard"}},
      {{kPattern, "colour block"}, {"colour block", "colorblock", "two-tone"}},
      {{kPattern, "camouflage"}, {"camouflage", "camo"}},
      {{kPattern, "houndstooth"}, {"houndstooth", "dogtooth"}},
      {{kPattern, "tie-dye"}, {"tie-dye", "tie dye", "batik"}},
      {{kSleeve, "long"}, {"long sleeve", "long-sleeved", "full sleeve"}},
      {{kSleeve, "short"}, {"short sleeve", "short-sleeved", "half sleeve"}},
      {{kSleeve, "three-quarter"}, {"three-quarter sleeve", "3/4 sleeve", "elbow sleeve"}},
      {{kSleeve, "sleeveless"}, {"sleeveless", "no sleeves"}},
      {{kNeckline, "crew neck"}, {"crew neck", "crewneck", "round neck"}},
      {{kNeckline, "v-neck"}, {"v-neck", "v neck", "vee neck"}},
      {{kNeckline, "turtleneck"}, {"turtleneck", "roll neck", "polo neck"}},
      {{kNeckline, "stand collar"}, {"stand collar", "mandarin collar", "band collar"}},
      {{kNeckline, "off-shoulder"}, {"off-shoulder", "off the shoulder", "bardot"}},
      {{kNeckline, "boat neck"}, {"boat neck", "bateau neck"}},
      {{kNeckline, "bow"}, {"pussy bow", "tie neck", "bow neck"}},
      {{kNeckline, "hood"}, {"hooded", "with hood"}},
      {{kNeckline, "lapel"}, {"lapel collar", "notch lapel"}},
      {{kLength, "mini"}, {"mini", "short"}},
      {{kLength, "maxi"}, {"maxi", "floor length", "long"}},
      {{kLength, "knee length"}, {"knee length", "knee-length"}},
      {{kLength, "cropped"}, {"cropped", "crop"}},
      {{kLength, "longline"}, {"longline", "tunic length"}},
      {{kLength, "ankle"}, {"ankle length", "7/8"}},
      {{kLength, "bermuda"}, {"bermuda", "knee"}},
      {{kShape, "slim-leg"}, {"slim leg", "slim"}},
      {{kShape, "straight"}, {"straight", "straight cut"}},
      {{kShape, "wide-leg"}, {"wide leg", "palazzo"}},
      {{kShape, "fit and flare"}, {"fit and flare", "skater"}},
      {{kShape, "bodycon"}, {"bodycon", "body-con", "fitted"}},
      {{kFit, "slim"}, {"slim fit", "fitted", "slim-fit"}},
      {{kFit, "regular"}, {"regular fit", "classic fit"}},
      {{kFit, "relaxed"}, {"relaxed fit", "loose fit"}},
      {{kFit, "oversized"}, {"oversized", "oversize", "boyfriend"}},
      {{kMaterial, "cotton"}, {"cotton", "100% cotton", "organic cotton"}},
      {{kMaterial, "polyester"}, {"polyester", "poly", "recycled polyester"}},
      {{kMaterial, "wool"}, {"wool", "merino", "wool blend"}},
      {{kMaterial, "viscose"}, {"viscose", "rayon"}},
      {{kMaterial, "leather"}, {"leather", "nappa leather"}},
      {{kMaterial, "corduroy"}, {"corduroy", "cord"}},
      {{kMaterial, "velvet"}, {"velvet", "velour"}},
      {{kClosure, "buttons"}, {"buttoned", "button front"}},
      {{kClosure, "zip"}, {"zip", "zipped", "zip up"}},
      {{kDetail, "pockets"}, {"pockets", "patch pockets"}},
      {{kDetail, "belt"}, {"belt", "matching belt"}},
      {{kDetail, "ruffles"}, {"ruffles", "frills"}},
      {{kDetail, "distressed"}, {"distressed details", "ripped details"}},
      {{kStyle, "boho"}, {"boho", "bohemian"}},
      {{kStyle, "vintage"}, {"vintage", "retro"}},
      {{kStyle, "sporty"}, {"sporty", "athletic"}},
      {{kSeason, "autumn"}, {"autumn", "fall"}},
      {{kOccasion, "work"}, {"work", "office"}},
      {{kOccasion, "holiday"}, {"holiday", "vacation", "beach"}},
      {{kOccasion, "everyday"}, {"everyday", "daily"}},
      {{kGender, "women"}, {"women", "women's", "ladies"}},
      {{kGender, "men"}, {"men", "men's", "mens"}},
  };
  return kTable;
}

// Second colours share the words of first colours.
Family key_family(Family family) {
  return family == Family::kSecondColour ? Family::kColour : family;
}

}  // namespace

const Words& synonyms(Family family, std::string_view value) {
  static const std::map<Key, Words> kAll = [] {
    std::map<Key, Words> all = table();
    for (int f = 0; f < kNumFamilies; ++f) {
      for (const auto& [name, weight] : family_weights(static_cast<Family>(f)))
        all.try_emplace({static_cast<Family>(f), name}, Words{name});
    }
    return all;
  }();
  const auto entry = kAll.find({key_family(family), value});
  TWINSET_CHECK(entry != kAll.end(),
                std::string(value) + " is no value of " + std::string(family_name(family)));
  return entry->second;
}

std::string_view abbreviation(std::string_view word) {
  static const std::map<std::string_view, std::string_view> kShort = {
      {"black", "blk"},
      {"white", "wht"},
      {"navy", "nvy"},
      {"grey", "gry"},
      {"burgundy", "burg"},
      {"long sleeve", "L/S"},
      {"short sleeve", "S/S"},
      {"three-quarter sleeve", "3/4 slv"},
      {"polyester", "poly"},
      {"cotton", "cttn"},
      {"crew neck", "crew nk"},
      {"striped", "strpd"},
      {"trousers", "trs"},
      {"sweater", "swtr"},
      {"women", "W"},
      {"men", "M"},
      {"with", "w/"}};
  const auto entry = kShort.find(word);
  return entry == kShort.end() ? word : entry->second;
}

}  // namespace twinset::wardrobe
