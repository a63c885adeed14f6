#include "datasets/wardrobe/titles.h"

#include <array>
#include <cctype>
#include <string_view>

#include "datasets/wardrobe/synonyms.h"

namespace twinset::wardrobe {

namespace {

// Letters stand for families; capital K is the category. "{w}" parts that do not apply vanish with
// their words. b brand, g gender, c colour, 2 second colour, p pattern, s sleeve, n neckline, l
// length, h shape, f fit, m material, y style, x closure, d detail, o occasion, e season.
struct Template {
  std::string_view text;
  double weight;
};

constexpr std::array<Template, 22> kTemplates = {{
    {"b g c p K", 12},  {"b c K", 9},           {"b g c m K", 7},    {"c p s K", 6},
    {"K - c", 4},       {"b K, c", 5},          {"f c K with d", 5}, {"b p n K in c", 5},
    {"g c l K", 5},     {"m K with d", 4},      {"y c h K", 4},      {"b y K", 5},
    {"s n K | b", 3},   {"p l K for o", 3},     {"c h l K by b", 4}, {"e m K - c / 2", 2},
    {"g s p K", 4},     {"c x K", 2},           {"b K", 3},          {"o K, c m", 2},
    {"NEW b c f K", 2}, {"b g f n s K c p", 3},
}};

constexpr std::array<Template, 12> kFashion200kTemplates = {{
    {"c K", 8},
    {"c p K", 10},
    {"c s K", 6},
    {"c m K", 12},
    {"c n p K", 6},
    {"c h m K", 7},
    {"c b m K", 8},
    {"c l p K", 8},
    {"c f K", 4},
    {"c y m K", 4},
    {"c s n K", 6},
    {"p m K", 2},
}};

Family family_of(char letter) {
  switch (letter) {
    case 'b':
      return Family::kBrand;
    case 'g':
      return Family::kGender;
    case 'c':
      return Family::kColour;
    case '2':
      return Family::kSecondColour;
    case 'p':
      return Family::kPattern;
    case 's':
      return Family::kSleeve;
    case 'n':
      return Family::kNeckline;
    case 'l':
      return Family::kLength;
    case 'h':
      return Family::kShape;
    case 'f':
      return Family::kFit;
    case 'm':
      return Family::kMaterial;
    case 'y':
      return Family::kStyle;
    case 'x':
      return Family::kClosure;
    case 'd':
      return Family::kDetail;
    case 'o':
      return Family::kOccasion;
    case 'e':
      return Family::kSeason;
    default:
      return Family::kCategory;
  }
}

// Values that nobody would write.
bool is_worth_saying(Family family, std::string_view value) {
  if (family == Family::kLength) return value != "regular" && value != "full length";
  if (family == Family::kShape) return value != "straight";
  if (family == Family::kClosure) return value == "zip" || value == "buttons";
  if (family == Family::kGender) return value != "unisex";
  return true;
}

struct Voice {
  double synonym = .3;  ///< how often another word is chosen
  double abbreviation = 0;
  bool is_colour_repeated = false;
};

std::string word(Family family, std::string_view value, const Voice& voice, CounterRandom& random) {
  const auto& words = synonyms(family, value);
  std::string_view chosen = words.front();
  if (words.size() > 1 && random.bernoulli(voice.synonym))
    chosen = words[1 + random.below(words.size() - 1)];
  if (random.bernoulli(voice.abbreviation)) chosen = abbreviation(chosen);
  return std::string(chosen);
}

std::string fill_template(std::string_view text, const Product& product, const Voice& voice,
                          CounterRandom& random) {
  std::string title;
  std::string pending;  // words and separators that wait for something to stand before
  size_t position = 0;
  while (position < text.size()) {
    size_t end = text.find(' ', position);
    if (end == std::string_view::npos) end = text.size();
    std::string_view token = text.substr(position, end - position);
    position = end + 1;
    const bool has_comma = token.size() > 1 && token.back() == ',';
    if (has_comma) token.remove_suffix(1);
    if (token.size() > 1 || token == "-" || token == "|" || token == "/") {
      pending += (title.empty() && pending.empty() ? "" : " ") + std::string(token);
      continue;
    }
    const Family family = family_of(token.front());
    const std::string_view value = product.get(family);
    if (value.empty() ||
        (family == Family::kPattern && value == "solid" && !random.bernoulli(.12)) ||
        !is_worth_saying(family, value)) {
      if (token != "K") pending.clear();
      continue;
    }
    title += pending;
    pending.clear();
    if (!title.empty()) title += ' ';
    title += word(family, value, voice, random);
    if (has_comma) pending = ",";
  }
  return title;
}

template <size_t N>
std::string_view pick(const std::array<Template, N>& templates, CounterRandom& random) {
  double total = 0;
  for (const Template& t : templates) total += t.weight;
  double position = random.uniform() * total;
  for (const Template& t : templates) {
    if (position < t.weight) return t.text;
    position -= t.weight;
  }
  return templates.front().text;
}

void capitalise_words(std::string& title) {
  bool is_start = true;
  for (char& c : title) {
    if (is_start && std::isalpha(static_cast<unsigned char>(c)) != 0)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    is_start = c == ' ' || c == '/';
  }
}

CounterRandom title_random(int64_t seed, const Product& product, std::string_view purpose) {
  return CounterRandom(
      {static_cast<uint64_t>(seed), 0, static_cast<uint64_t>(product.index), purpose});
}

}  // namespace

std::string make_title(int64_t seed, const Product& product) {
  CounterRandom random = title_random(seed, product, "title");
  Voice voice;
  if (random.bernoulli(.06)) voice.abbreviation = .7;
  const std::string_view text = pick(kTemplates, random);
  std::string title = fill_template(text, product, voice, random);
  const double look = random.uniform();
  if (look < .62) {
    capitalise_words(title);
  } else if (look < .68) {
    for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  } else if (look < .80) {
    for (char& c : title) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (random.bernoulli(.03)) title += " (size " + std::string(1, "SMLX"[random.below(4)]) + ")";
  if (random.bernoulli(.02)) title += " SALE";
  return title;
}

std::string make_fashion200k_title(int64_t seed, const Product& product) {
  CounterRandom random = title_random(seed, product, "fashion200k_title");
  Voice voice;
  voice.synonym = .22;
  std::string title = fill_template(pick(kFashion200kTemplates, random), product, voice, random);
  for (char& c : title) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return title;
}

}  // namespace twinset::wardrobe
