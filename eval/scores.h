// Where protocols get scores from: a source that hands out any range of rows, so that no [products,
// attributes] matrix has to exist. Embeddings, a matrix in memory and the classic baselines are
// sources.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "framework/core/tensor_fwd.h"

namespace twinset {

/// Some rows of a score matrix, float64, row by row.
struct ScoreBlock {
  int64_t first_product = 0;
  int64_t num_products = 0;
  int64_t num_columns = 0;
  std::vector<double> values;  ///< [num_products, num_columns]

  std::span<const double> row(int64_t i) const {
    return {values.data() + i * num_columns, static_cast<size_t>(num_columns)};
  }
  std::span<double> row(int64_t i) {
    return {values.data() + i * num_columns, static_cast<size_t>(num_columns)};
  }
};

/// Scores of products (rows) with attributes or tuples (columns).
class ScoreSource {
 public:
  virtual ~ScoreSource() = default;
  virtual int64_t num_products() const = 0;
  virtual int64_t num_columns() const = 0;
  /// Rows [first, first + count), which must exist.
  virtual ScoreBlock rows(int64_t first, int64_t count) const = 0;
};

/// A matrix in memory, float64 [products, columns].
class MatrixScores : public ScoreSource {
 public:
  MatrixScores(std::vector<double> values, int64_t num_columns);
  int64_t num_products() const override;
  int64_t num_columns() const override { return num_columns_; }
  ScoreBlock rows(int64_t first, int64_t count) const override;

 private:
  std::vector<double> values_;
  int64_t num_columns_;
};

/// Cosines of two sets of embeddings, computed in float32 for the rows that are asked for.
///
/// @param products   [N, D] float, any device; normalised here
/// @param documents  [M, D]
/// @throws ShapeError  if these are no matrices of one width
/// @throws DataError   naming the row if an embedding is zero or not finite
std::unique_ptr<ScoreSource> make_embedding_scores(const at::Tensor& products,
                                                   const at::Tensor& documents);

/// What makes scores of an in-batch loss comparable with others: a column sampled with probability
/// proportional to its frequency is learned up to that frequency's logarithm, so that is added
/// back.
///
/// \f$ s'_{ij} = s_{ij} + \log(c_j / n) / \beta \f$ with training count c, training products n,
/// inverse temperature
/// \f$\beta\f$.
///
/// @return  [V] the term of each column
/// @throws  DataError if a count is 0, ConfigError if the inverse temperature is not positive.
/// Source: Menon et al. 2021, arXiv:2007.07314 (logit adjustment).
std::vector<double> log_frequency_terms(const std::vector<int64_t>& counts, int64_t num_products,
                                        double inverse_temperature);

}  // namespace twinset
