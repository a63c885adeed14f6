#pragma once

#include <memory>
#include <string>
#include <vector>

#include "eval/protocol.h"
#include "eval/tuples.h"
#include "framework/core/options.h"

namespace twinset {

struct TupleToProductOptions {
  std::vector<std::string> keys;
  int64_t least = 5;
  int64_t cut = 10;

  template <class V>
  void visit(V&& v) {
    v("keys", keys,
      Field{.help = "attribute families that form a tuple, such as [articleType, baseColour, "
                    "gender]; empty: no tuples"});
    v("least", least,
      Field{.help = "a combination on fewer products is left out", .unit = "products", .min = 1});
    v("cut", cut, Field{.help = "K of precision@K", .min = 1});
  }
};

/// How the scores of a tuple's attributes become one.
enum class TupleScoring {
  kSum,           ///< the sum of the attributes' scores
  kWithinFamily,  ///< the sum of the attributes' log-softmaxes, each among the attributes of its
                  ///< family, at the learned scale
};

/// Attribute tuple to product: each combination of attributes ranks all products.
///
/// Rules: tuples are the combinations of the keys' attributes with at least `least` products
/// (eval/tuples.h); relevant are the products that have all of them. Ties at the cut count in
/// expectation. Means are over tuples.
/// - precision@K: relevant products among the first K, over K.
/// - capped_precision@K: over min(K, relevant products) instead.
///
/// Within-family: \f$ \sum_{a \in t} \beta s_a - \log \sum_{b \in F(a)} e^{\beta s_b} \f$, in
/// float64.
///
/// @param inverse_temperature  beta; used by kWithinFamily alone
std::unique_ptr<Protocol> make_tuple_to_product(const EvaluationTruth& truth,
                                                const std::vector<AttributeTuple>& tuples,
                                                const TupleToProductOptions& options,
                                                TupleScoring scoring, double inverse_temperature);

/// The same, scored by one column a tuple: what a phrase such as "Men Navy Blue Tshirts" gets.
/// Blocks are [products, T].
std::unique_ptr<Protocol> make_phrase_to_product(const EvaluationTruth& truth,
                                                 const std::vector<AttributeTuple>& tuples,
                                                 const TupleToProductOptions& options);

/// The precision@K that a perfect ranking has: tuples with fewer than K products bound it.
double tuple_precision_ceiling(const std::vector<AttributeTuple>& tuples, int64_t cut);

}  // namespace twinset
