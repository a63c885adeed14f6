// How far raters agree beyond chance.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace twinset {

/// What several raters said of the same items: [items][raters], with gaps.
using RatingTable = std::vector<std::vector<std::optional<double>>>;

/// How bad a disagreement between two categories is.
enum class KappaWeights { kNone, kLinear, kQuadratic };

/// Cohen's kappa of two raters, over the items that both rated.
///
/// \f$ \kappa = 1 - \sum_{ij} w_{ij} o_{ij} / \sum_{ij} w_{ij} e_{ij} \f$ with observed and
/// expected shares of the pairs of categories; w is 1 off the diagonal, |i - j| or (i - j)^2 by the
/// categories' order.
///
/// @return none without a common item, or if both use one and the same category throughout (0/0)
/// Source: Cohen 1960; Cohen 1968 for the weights. Equal to scikit-learn's cohen_kappa_score.
std::optional<double> cohen_kappa(const RatingTable& ratings, size_t rater_a, size_t rater_b,
                                  KappaWeights weights);

/// Fleiss' kappa over the items that all raters rated.
///
/// \f$ \kappa = (\bar P - \bar P_e) / (1 - \bar P_e) \f$
///
/// @return none without such an item, with fewer than two raters, or if there is one category only
/// Source: Fleiss 1971. Equal to statsmodels' fleiss_kappa.
std::optional<double> fleiss_kappa(const RatingTable& ratings);

/// What differences between ratings mean.
enum class RatingScale { kNominal, kOrdinal, kInterval };

/// Krippendorff's alpha over all items that at least two raters rated; gaps are no obstacle.
///
/// \f$ \alpha = 1 - D_o / D_e \f$ by coincidences of values, with the squared difference of the
/// scale.
///
/// @return none without a pair of ratings, or if all ratings are equal (0/0)
/// Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability". Equal to the package
/// krippendorff.
std::optional<double> krippendorff_alpha(const RatingTable& ratings, RatingScale scale);

/// Reads the named columns of a CSV file (RFC 4180) as raters; an empty cell is a gap.
/// @throws DataError for a cell that is no number, with its line; ConfigError for a column that is
/// not there
RatingTable read_rating_columns(const std::string& file, const std::vector<std::string>& columns);

}  // namespace twinset
