// A loss on given numbers: what other software is compared with, through files of JSON.
#pragma once

#include <ATen/core/Tensor.h>

#include <nlohmann/json.hpp>

namespace twinset::testing {

/// Value and gradients of a case, in float64 throughout: the loss's own parameters too.
struct LossCaseResult {
  double value = 0;
  at::Tensor query_gradient;     ///< [B, D]
  at::Tensor document_gradient;  ///< [N, D]
};

/// @param loss_case {"loss": options with name, "queries": [B][D], "documents": [N][D],
/// "positives": [B] lists of columns, and optionally
///                   "excluded", "targets" (default: the first positive), "positive_weights",
///                     "teacher_queries", "teacher_documents"}
LossCaseResult run_loss_case(const nlohmann::ordered_json& loss_case);

/// [rows][columns] to float64.
at::Tensor matrix(const nlohmann::ordered_json& rows);

/// The part of a gradient along the sphere: rows [R, D] less their component along the unit rows.
/// What a loss that scales its inputs to length 1 itself, as much other software does, has as its
/// gradient.
at::Tensor tangential(const at::Tensor& gradient, const at::Tensor& unit_rows);

}  // namespace twinset::testing
