// What a protocol judges: products and texts as embeddings in one space, wherever they come from (a
// model, files, chance).
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "eval/metrics.h"
#include "eval/statistics/query_values.h"
#include "eval/unit_rows.h"
#include "framework/core/registry.h"
#include "framework/data/dataset.h"
#include "framework/data/vocabulary.h"

namespace twinset {

/// A split's products as embeddings; products that could not be read are left out.
struct EmbeddedProducts {
  const Dataset* dataset = nullptr;
  std::vector<int64_t> samples;  ///< [N] positions in the data set, ascending
  at::Tensor embeddings;         ///< [N, D] float32 on the CPU, unit rows

  int64_t size() const { return static_cast<int64_t>(samples.size()); }
  const ProductRecord& record(int64_t i) const {
    return dataset->record(samples[static_cast<size_t>(i)]);
  }
};

class Subject {
 public:
  virtual ~Subject() = default;
  /// @throws ConfigError for a split that it has not
  virtual const EmbeddedProducts& products(const std::string& split) = 0;
  /// [texts, D] float32, unit rows. @throws DataError naming a text that it can't embed
  virtual at::Tensor texts(const std::vector<std::string>& texts) = 0;
  /// Queries that are made of products of a split and of texts that modify them, such as "replace
  /// red with blue", in the space of
  /// products: [rows, D] float32, unit rows. @param rows rows of `products(split)`, one for each
  /// text
  /// @throws ConfigError if no tower composes both
  virtual at::Tensor composed(const std::string& split, const std::vector<int64_t>& rows,
                              const std::vector<std::string>& texts);
  /// The attribute phrases of the training split.
  virtual const AttributeVocabulary& vocabulary() const = 0;
  /// The learned scale; 0 if there is none.
  virtual double inverse_temperature() const { return 0.0; }
};

/// What a protocol found: means, and the values of single queries that they are made of.
struct ProtocolReport {
  Metrics metrics;
  std::vector<QueryValues> queries;
};

/// A way to judge a subject on a split: the group `protocol` of the configs.
class SubjectProtocol {
 public:
  virtual ~SubjectProtocol() = default;
  virtual ProtocolReport run(Subject& subject, const std::string& split) const = 0;
};

using ProtocolRegistry = Registry<SubjectProtocol>;

}  // namespace twinset
