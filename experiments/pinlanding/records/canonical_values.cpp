#include "experiments/pinlanding/records/canonical_values.h"

#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/curate/normalise.h"

namespace twinset::pinlanding {
namespace {

std::string key_of(const std::string& family, const std::string& value) {
  return family + "\t" + normalise_phrase(value);
}

}  // namespace

std::vector<std::filesystem::path> CanonicalValues::files(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "curate/canonical.jsonl";
  return std::filesystem::exists(file) ? std::vector{file} : std::vector<std::filesystem::path>();
}

CanonicalValues::CanonicalValues(const std::filesystem::path& folder) {
  for (const auto& file : files(folder)) {
    for_each_json_line(file, R"({"family": "colour", "raw": "jet black", "canonical": "black"})",
                       [&](const auto& json, const std::string&) {
                         if (json.at("canonical").is_null()) return;
                         const auto family = json.at("family").template get<std::string>(),
                                    canonical = json.at("canonical").template get<std::string>();
                         canonical_.emplace(
                             key_of(family, json.at("raw").template get<std::string>()), canonical);
                         canonical_.emplace(key_of(family, canonical), canonical);
                       });
  }
}

Attribute CanonicalValues::of(const Attribute& attribute) const {
  const auto found = canonical_.find(key_of(attribute.key, attribute.value));
  return found == canonical_.end() ? attribute : Attribute{attribute.key, found->second};
}

void CanonicalValues::apply(std::vector<Attribute>& attributes) const {
  for (Attribute& attribute : attributes) attribute = of(attribute);
}

}  // namespace twinset::pinlanding
