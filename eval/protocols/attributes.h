#pragma once

#include <memory>

#include "eval/evaluate.h"
#include "eval/subject.h"

namespace twinset {

/// The three protocols of products and attribute phrases in one: product_to_attribute,
/// attribute_to_product, tuple_to_product (each has its rules in its own header). What a run is
/// judged by at its end.
///
/// @param tuple_keys in options.tuple_to_product.keys; tuples' phrases are judged if the subject
/// can embed them
std::unique_ptr<SubjectProtocol> make_attributes_protocol(const EvaluationOptions& options);

/// The true attributes of the embedded products: [N, V].
SparsePairs label_table(const EmbeddedProducts& products, const AttributeVocabulary& vocabulary);

/// Values of queries under their names. Products with one id are told apart as ID, ID#2, ...
std::vector<QueryValues> with_names(const std::vector<IndexedValues>& indexed,
                                    const std::vector<std::string>& products,
                                    const std::vector<std::string>& attributes,
                                    const std::vector<std::string>& tuples);

}  // namespace twinset
