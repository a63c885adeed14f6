#include "experiments/twinset/named_files.h"

#include <fmt/format.h>

#include "framework/core/error.h"

namespace twinset {
namespace {

std::string value_text(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "undefined";
}

}  // namespace

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::pair<std::string, std::string> named_file(const std::string& text,
                                               const std::string& example) {
  const size_t equals = text.find('=');
  if (equals != std::string::npos && equals > 0 && equals + 1 < text.size())
    return {text.substr(0, equals), text.substr(equals + 1)};
  throw ConfigError({.where = text,
                     .what = "names no file",
                     .expected = "NAME=FILE",
                     .todo = "for example: " + example});
}

std::string agreement_text(const RatingTable& ratings, const std::vector<std::string>& raters) {
  std::string text = fmt::format("{} items, {} raters\n", ratings.size(), raters.size());
  for (size_t a = 0; a < raters.size(); ++a) {
    for (size_t b = a + 1; b < raters.size(); ++b) {
      const std::string pair = raters[a] + ", " + raters[b];
      text += fmt::format("  {:<44} {} (linear {}, quadratic {})\n", "Cohen's kappa of " + pair,
                          value_text(cohen_kappa(ratings, a, b, KappaWeights::kNone)),
                          value_text(cohen_kappa(ratings, a, b, KappaWeights::kLinear)),
                          value_text(cohen_kappa(ratings, a, b, KappaWeights::kQuadratic)));
    }
  }
  text += fmt::format("  {:<44} {}\n", "Fleiss' kappa", value_text(fleiss_kappa(ratings)));
  return text + fmt::format("  {:<44} {} (ordinal {}, interval {})\n", "Krippendorff's alpha",
                            value_text(krippendorff_alpha(ratings, RatingScale::kNominal)),
                            value_text(krippendorff_alpha(ratings, RatingScale::kOrdinal)),
                            value_text(krippendorff_alpha(ratings, RatingScale::kInterval)));
}

}  // namespace twinset
