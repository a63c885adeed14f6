// Products with classes, for the classification protocols.
#pragma once

#include <string>
#include <vector>

#include "eval/protocols/group_retrieval.h"
#include "eval/subject.h"

namespace twinset {

/// The products of a split that have a value of a family.
struct LabelledProducts {
  std::vector<int64_t> rows;     ///< of the split's embeddings
  std::vector<int64_t> classes;  ///< [rows] number of the class; -1: none of the classes
  std::vector<std::string> ids;  ///< [rows]
};

/// Families to judge: the one asked for, or all of the vocabulary.
/// @throws ConfigError with the nearest name if the vocabulary has not the one asked for
std::vector<std::string> families_to_judge(const Subject& subject, const std::string& family);

/// @param classes      phrases that are classes
/// @param adds_classes whether new phrases become classes (training split)
LabelledProducts labelled_products(const EmbeddedProducts& products, const std::string& family,
                                   Groups& classes, bool adds_classes);

/// Appends PREFIX.accuracy@K and PREFIX.macro_accuracy@K, with the values of single products.
/// @param is_right  [rows] whether each product was classified rightly
void report_accuracy(const LabelledProducts& products, const std::vector<bool>& is_right,
                     const std::string& prefix, int64_t k, ProtocolReport& report);

/// Appends PREFIX.majority: the accuracy of naming the most frequent class of `train` (the first of
/// equals).
void report_majority(const LabelledProducts& train, const LabelledProducts& judged,
                     const std::string& prefix, ProtocolReport& report);

}  // namespace twinset
