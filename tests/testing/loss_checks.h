// What every loss must pass, whatever its formula.
#pragma once

#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <functional>

#include "framework/losses/loss.h"
#include "tests/testing/random_candidates.h"

namespace twinset::testing {

/// A naive loss: cosines [B][N] (computed by a loop), candidates -> value, in float64.
using NaiveLoss = std::function<double(const std::vector<std::vector<double>>& cosines,
                                       const Candidates& candidates)>;

/// What a check adds to its random candidates, such as a teacher; empty: nothing.
using Decorate = std::function<void(Candidates& candidates, uint64_t seed)>;
void with_positive_weights(Candidates& candidates, uint64_t seed);  ///< in (0, 1]
void with_log_q(Candidates& candidates, uint64_t seed);
void with_log_q_of_negatives(Candidates& candidates,
                             uint64_t seed);  ///< corrects_positives = false
void with_teacher(Candidates& candidates,
                  uint64_t seed);  ///< of both sides, as wide as the embeddings

/// Cosines by three loops.
std::vector<std::vector<double>> naive_cosines(const at::Tensor& queries,
                                               const at::Tensor& documents);

/// The loss equals the naive one on random shapes, with and without exclusions, one row, rows
/// without a positive.
void expect_matches_naive_loop(Loss& loss, const NaiveLoss& naive, const Decorate& decorate = {});

/// Gradients of queries, documents and the loss's own parameters equal central differences
/// (float64).
void expect_gradient_matches_differences(Loss& loss, const Decorate& decorate = {});

/// Value and gradient are finite where they could fail: one query, no positive at all, everything
/// positive, everything excluded but the positives, duplicate documents, float32 and
/// bfloat16-rounded inputs.
void expect_finite_at_extremes(Loss& loss, const Decorate& decorate = {});

/// Permuting queries or documents changes nothing.
void expect_permutation_invariant(Loss& loss, const Decorate& decorate = {});

/// An excluded pair has no influence: no gradient flows through it.
void expect_excluded_pairs_have_no_influence(Loss& loss, const Decorate& decorate = {});

/// Value and gradient are the same when every candidate was drawn with the same probability.
void expect_uniform_log_q_changes_nothing(Loss& loss, const Decorate& decorate = {});

/// Wrong shapes are told.
void expect_shape_errors(Loss& loss, const std::string& name);

}  // namespace twinset::testing
