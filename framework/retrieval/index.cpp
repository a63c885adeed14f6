#include "framework/retrieval/index.h"

#include <fmt/format.h>

namespace twinset {
namespace {

// Without a branch a value, so that it is vectorised: x - x is 0 but for infinities and NaN.
bool is_finite(const float* row, int64_t dim) {
  int bad = 0;
  for (int64_t d = 0; d < dim; ++d) bad |= row[d] - row[d] != 0.0F;
  return bad == 0;
}

void check_finite(FloatRows rows, const char* what) {
  for (int64_t i = 0; i < rows.num_rows; ++i) {
    if (is_finite(rows.row(i), rows.dim)) continue;
    throw DataError({.where = "search",
                     .what = fmt::format("{} {} holds a value that is not finite", what, i),
                     .expected = "finite embeddings",
                     .todo = "look for a diverged loss in the run's metrics"});
  }
}

}  // namespace

void check_rows(FloatRows rows, const char* what) {
  if (rows.num_rows < 1 || rows.dim < 1) {
    throw DataError({.where = "search",
                     .what = fmt::format("the {}s are [{}, {}]", what, rows.num_rows, rows.dim),
                     .expected = "at least one row and one column"});
  }
  check_finite(rows, what);
}

void check_search(FloatRows queries, int64_t k, int64_t dim) {
  if (queries.dim != dim) {
    throw ShapeError(
        {.where = "search",
         .what = fmt::format("queries have the width {}, documents {}", queries.dim, dim),
         .expected = "embeddings of the same width"});
  }
  if (k < 1)
    throw ShapeError(
        {.where = "search", .what = fmt::format("k is {}", k), .expected = "at least 1"});
  check_finite(queries, "query");
}

}  // namespace twinset
