#pragma once

#include <vector>

#include "eval/run_result.h"
#include "eval/table.h"

namespace twinset {

/// Marks the cells whose row differs from its reference row, query by query.
///
/// A row's reference is the row that has the choices of `options.significance->reference` and
/// shares all others: with {loss: info_nce}, "vit, sup_con" is compared with "vit, info_nce". A
/// query's value is its mean over the row's seeds. Each column is a paired permutation test over
/// the queries that both rows have; p values are corrected after Holm over all cells of the table.
/// Columns that no run kept the values of (eval/statistics/query_values.h) are not tested, nor are
/// rows without a reference. A footnote says what was tested, and that no mark means no difference
/// found.
///
/// @param runs  those that `make_table` was given
/// @throws ConfigError if the reference names a choice or a value that no row has
void mark_significance(Table& table, const std::vector<RunResult>& runs,
                       const TableOptions& options);

}  // namespace twinset
