#pragma once

#include <memory>

#include "eval/protocol.h"
#include "framework/core/options.h"

namespace twinset {

struct AttributeToProductOptions {
  int64_t cut = 10;
  bool by_group = true;

  template <class V>
  void visit(V&& v) {
    v("cut", cut,
      Field{.help = "K of precision@K, and the number of products from which an attribute counts",
            .min = 1});
    v("by_group", by_group, Field{.help = "also by attribute family and by frequency band"});
  }
};

/// Attribute to product: each attribute ranks all products.
///
/// Rules: attributes that no judged product has are left out. Ties at the cut count in expectation.
/// Means are over attributes. A term that is the same for a whole column, such as the log
/// frequency, changes nothing here.
/// - precision@K: true products among the first K, over K; over attributes with at least K
///   products.
/// - capped_precision@K: over min(K, products of the attribute) instead; over all attributes that
///   occur.
/// - family.FAMILY.* and band.head|torso|tail.*: both, over the group's attributes.
/// - num_attributes, num_attributes_capped: the attributes of the two means.
std::unique_ptr<Protocol> make_attribute_to_product(const EvaluationTruth& truth,
                                                    const AttributeToProductOptions& options);

}  // namespace twinset
