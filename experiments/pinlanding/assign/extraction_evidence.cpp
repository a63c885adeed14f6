#include "experiments/pinlanding/assign/extraction_evidence.h"

#include <algorithm>

#include "eval/judged/json_lines.h"
#include "framework/core/error.h"

namespace twinset::pinlanding {

ExtractionEvidence::ExtractionEvidence(const ExtractionEvidenceOptions& options,
                                       const std::filesystem::path& curated,
                                       const AttributeVocabulary& vocabulary)
    : odds_named_(options.recall / options.false_rate),
      odds_unnamed_((1 - options.recall) / (1 - options.false_rate)) {
  for_each_json_line(
      curated, R"({"id": "42", "attributes": {"colour": ["red"]}})",
      [&](const auto& json, const std::string& where) {
        const auto begin = static_cast<int64_t>(named_.size());
        for (const auto& [family, values] : json.at("attributes").items()) {
          for (const auto& value : values) {
            const int64_t attribute =
                vocabulary.find(family + ": " + value.template get<std::string>());
            if (attribute >= 0) named_.push_back(attribute);
          }
        }
        std::sort(named_.begin() + begin, named_.end());
        const auto id = json.at("id").template get<std::string>();
        if (!range_of_.emplace(id, std::pair(begin, static_cast<int64_t>(named_.size()) - begin))
                 .second)
          throw DataError({.where = where,
                           .what = "the product '" + id + "' occurs twice",
                           .expected = "each id once"});
      });
}

std::optional<NamedAttributes> ExtractionEvidence::find(const std::string& id) const {
  const auto range = range_of_.find(id);
  if (range == range_of_.end()) return std::nullopt;
  const auto [begin, count] = range->second;
  return NamedAttributes{
      std::span(named_).subspan(static_cast<size_t>(begin), static_cast<size_t>(count)),
      odds_named_, odds_unnamed_};
}

double with_odds(double confidence, double factor) {
  return confidence * factor / (1 - confidence + confidence * factor);
}

}  // namespace twinset::pinlanding
