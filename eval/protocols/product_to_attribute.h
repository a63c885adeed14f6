#pragma once

#include <memory>
#include <vector>

#include "eval/protocol.h"
#include "framework/core/options.h"

namespace twinset {

struct ProductToAttributeOptions {
  std::vector<int64_t> hit_at = {1, 5, 10};
  std::vector<int64_t> recall_at = {5, 6, 10};
  bool by_group = true;

  template <class V>
  void visit(V&& v) {
    v("hit_at", hit_at, Field{.help = "K of hit@K", .min = 1});
    v("recall_at", recall_at, Field{.help = "K of recall@K", .min = 1});
    v("by_group", by_group, Field{.help = "also by attribute family and by frequency band"});
  }
};

/// Product to attribute: each product ranks the whole vocabulary.
///
/// Rules: products without any label are left out. Ties by the lower column. Means are over
/// products.
/// - hit@K: share of products with a true attribute among the first K (1 as soon as one is there).
/// - recall@K: share of a product's true attributes that are among the first K.
/// - map: mean average precision over the whole ranking.
/// - macro.recall@K: for each attribute the share of its products that have it among their first K;
///   mean over attributes, so that a rare one counts as much as a frequent one.
/// - accuracy.FAMILY: the best-scored attribute of a family is a true one; over products with a
///   label in the family.
/// - family.FAMILY.* and band.head|torso|tail.*: the same with only the group's attributes as true
///   ones; the product's other true attributes are taken out of the ranking, so they are neither
///   hits nor errors. Over products with a label in the group. Bands are thirds of the vocabulary
///   by training count (eval/frequency_bands.h).
/// - num_products: products that were judged.
std::unique_ptr<Protocol> make_product_to_attribute(const EvaluationTruth& truth,
                                                    const ProductToAttributeOptions& options);

}  // namespace twinset
