// Whether two phrases stand on the same kind of products: evidence that spelling can't give
// ("gown", "dress").
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "framework/core/options.h"

namespace twinset::pinlanding {

struct ContextOptions {
  double smoothing = 5.0;
  double significance = 4.0;
  int64_t min_feature_count = 5;
  int64_t longest_phrase = 2;

  template <class V>
  void visit(V&& v) {
    v("smoothing", smoothing,
      Field{.help = "products of the average that every rate and lift is mixed with",
            .unit = "products",
            .above = 0});
    v("significance", significance,
      Field{.help = "a title word tells of a phrase if its products have it so much more or less "
                    "often than the family's",
            .unit = "standard deviations",
            .min = 0});
    v("min_feature_count", min_feature_count,
      Field{.help = "rarer title words are no evidence", .unit = "products", .min = 1});
    v("longest_phrase", longest_phrase,
      Field{.help = "words of a title in a row that are one feature",
            .unit = "words",
            .min = 1,
            .max = 4});
  }
};

/// The title words of each product as numbers.
class TitleFeatures {
 public:
  /// @param titles  normalised
  TitleFeatures(const std::vector<std::string>& titles, const ContextOptions& options);
  const std::vector<int32_t>& of(int32_t product) const {
    return features_[static_cast<size_t>(product)];
  }  ///< ascending, each once
  int64_t size() const { return num_features_; }

 private:
  std::vector<std::vector<int32_t>> features_;
  int64_t num_features_ = 0;
};

/// How alike the contexts of two phrases are.
struct Agreement {
  double value = 0;      ///< 1: b's products look like a's own; 0: like any of the family; below 0:
                         ///< like those of another value
  double deviation = 0;  ///< standard error of `value`
};

/// The contexts of the phrases of one family.
///
/// Of the family's products a share q_t has title feature t; of phrase a's n_a products, k_at have
/// it. The lift of t is \f$ \lambda_{at} = (k_{at} + \alpha q_t) / (n_a q_t + \alpha q_t) \f$;
/// features without \f$ |k_{at} - n_a q_t| \ge z \sqrt{n_a q_t} \f$, or with fewer than 3 products
/// in both k_at and n_a q_t, have lift 1. The evidence of a product x for a is the log-likelihood
/// ratio of independent Poisson counts against the family's, \f$ l_a(x) = \sum_t x_t \log
/// \lambda_{at} - (\lambda_{at} - 1) q_t \f$. Agreement of b with a: the mean of l_a over b's
/// products divided by its mean over a's own, each of which is left out of k_at where it counts
/// itself. Surface forms of one value, chosen whatever the title says, have agreement 1 up to
/// noise.
class FamilyContexts {
 public:
  /// @param products  [phrases] the products of each, ascending; overlaps are allowed
  FamilyContexts(const std::vector<const std::vector<int32_t>*>& products,
                 const TitleFeatures& features, const ContextOptions& options);

  Agreement agreement(int64_t b, int64_t a) const;
  /// The lesser of the agreement of b with a and, if b's titles tell of it, of a with b.
  Agreement mutual_agreement(int64_t b, int64_t a) const;
  /// The titles of a's products tell them from others of the family: their own mean evidence is
  /// above its standard error by `z`.
  bool is_telling(int64_t a, double z = 3.0) const;
  double own_evidence(int64_t a) const {
    return own_[static_cast<size_t>(a)];
  }  ///< nats a product, the denominator above

 private:
  struct Phrase {
    double num_products = 0;
    std::unordered_map<int32_t, double> counts;     ///< k_at > 0
    std::vector<std::pair<int32_t, double>> lifts;  ///< that are not 1, ascending
  };
  void measure_own(const Phrase& phrase, const std::vector<int32_t>& products,
                   const TitleFeatures& features);

  std::vector<double> rates_;  ///< q
  double smoothing_ = 0;
  std::vector<Phrase> phrases_;
  std::vector<double> own_, own_deviation_;
};

}  // namespace twinset::pinlanding
