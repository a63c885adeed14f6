// From embeddings (or any scores) and the label table to named numbers: all protocols in one pass
// over the scores.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "eval/metrics.h"
#include "eval/protocols/attribute_to_product.h"
#include "eval/protocols/product_to_attribute.h"
#include "eval/protocols/tuple_to_product.h"
#include "eval/scores.h"
#include "framework/core/options.h"

namespace twinset {

/// Which protocols, and how.
struct EvaluationOptions {
  bool log_frequency = true;
  int num_threads = 0;
  int64_t block_products = 512;
  ProductToAttributeOptions product_to_attribute;
  AttributeToProductOptions attribute_to_product;
  TupleToProductOptions tuple_to_product;

  template <class V>
  void visit(V&& v) {
    v("log_frequency", log_frequency,
      Field{.help = "also report scores with the log training frequency added, which undoes "
                    "in-batch sampling"});
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
    v("block_products", block_products,
      Field{.help = "rows of scores in memory at a time", .unit = "products", .min = 1});
    v("product_to_attribute", product_to_attribute,
      Field{.help = "each product ranks the vocabulary"});
    v("attribute_to_product", attribute_to_product,
      Field{.help = "each attribute ranks the products"});
    v("tuple_to_product", tuple_to_product,
      Field{.help = "each combination of attributes ranks the products"});
  }
};

/// A split's embeddings and its truth. The pointers must stay valid for the call.
struct EvaluationInput {
  at::Tensor product_embeddings;    ///< [N, D] float; normalised by the evaluation
  at::Tensor attribute_embeddings;  ///< [V, D]
  at::Tensor phrase_embeddings;     ///< [T, D], one a tuple in the order of `tuples`; undefined: no
                                    ///< phrase scoring
  double inverse_temperature =
      0.0;  ///< the learned scale; 0: none, then no within-family and no log-frequency numbers
  const SparsePairs* labels = nullptr;              ///< [N, V]
  const AttributeVocabulary* vocabulary = nullptr;  ///< V phrases
};

/// Every number of every protocol under its full name:
///   product_to_attribute.{hit@1, recall@6, map, accuracy.FAMILY, family.FAMILY.map, band.tail.map}
///   product_to_attribute.log_frequency.{the same}
///   attribute_to_product.{precision@10, capped_precision@10, family.FAMILY.precision@10}
///   tuple_to_product.{sum, within_family, log_frequency.within_family, phrase}.precision@10
///   tuple_to_product.{the same}.capped_precision@10
///   tuple_to_product.{num_tuples, ceiling.precision@10}
///
/// Memory: `block_products` x V scores and 10 per column; never [N, V].
/// @throws ShapeError if rows or columns do not fit the label table, DataError if an embedding is
/// zero or not finite.
///
/// @param queries null, or where the values of single queries are appended
/// (Protocol::report_queries)
Metrics evaluate(const EvaluationInput& input, const EvaluationOptions& options,
                 std::vector<IndexedValues>* queries = nullptr);

/// Which protocols apply to scores that do not come from embeddings.
struct ScoredProtocols {
  bool product_to_attribute = true;
  bool attribute_to_product = true;
  bool tuple_sum = true;
};

/// The same for scores from anywhere, such as a classic baseline.
///
/// @param phrases  [N, T] scores of tuple phrases, or null
/// @param inverse_temperature  0 for scores that have none
Metrics evaluate_scores(const ScoreSource& scores, const ScoreSource* phrases,
                        double inverse_temperature, const EvaluationTruth& truth,
                        const EvaluationOptions& options, const ScoredProtocols& protocols = {},
                        std::vector<IndexedValues>* queries = nullptr);

}  // namespace twinset
