// What the extraction named, as evidence beside the encoder's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "experiments/pinlanding/assign/assign_options.h"
#include "framework/data/vocabulary.h"

namespace twinset::pinlanding {

/// What is known of one product beside its scores.
struct NamedAttributes {
  std::span<const int64_t> named;  ///< ascending
  double odds_named = 1;           ///< factor on the odds of an attribute that was named
  double odds_unnamed = 1;         ///< and of one that was not
};

/// The curated attributes of `curate/products.jsonl`, by product.
///
/// An extraction that names a share r of the attributes that a product has, and a share f of those
/// that it has not, turns the encoder's confidence p into
/// \f$ \frac{p'}{1-p'} = \frac{p}{1-p} \cdot \frac{r}{f} \f$ for an attribute that it named, and
/// \f$ \frac{p}{1-p} \cdot \frac{1-r}{1-f} \f$ for another: Bayes' rule, were the two independent
/// given the truth. They are not
/// quite: the encoder learned from the extraction of the same products. A product without an answer
/// keeps p.
class ExtractionEvidence {
 public:
  /// @throws DataError naming the line  a product that occurs twice
  ExtractionEvidence(const ExtractionEvidenceOptions& options, const std::filesystem::path& curated,
                     const AttributeVocabulary& vocabulary);

  /// nullopt: the product has no answer. Attributes outside the vocabulary are left out.
  std::optional<NamedAttributes> find(const std::string& id) const;

 private:
  double odds_named_, odds_unnamed_;
  std::unordered_map<std::string, std::pair<int64_t, int64_t>> range_of_;  // in named_
  std::vector<int64_t> named_;
};

/// The probability after the odds of `confidence` are multiplied by `factor`.
double with_odds(double confidence, double factor);

}  // namespace twinset::pinlanding
