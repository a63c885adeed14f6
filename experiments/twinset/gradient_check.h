#pragma once

#include <string>
#include <vector>

#include "experiments/twinset/plugins.h"
#include "experiments/twinset/run_options.h"

namespace twinset {

/// One parameter's gradient, both ways.
struct GradientDifference {
  std::string parameter;
  int64_t step = 0;
  double largest_gradient = 0;    ///< of the one big batch, absolute
  double largest_difference = 0;  ///< absolute
  double relative = 0;  ///< the difference over the parameter's largest gradient, which counts as
                        ///< at least 1e-4 of all parameters' largest
};

/// How to check.
struct GradientCheckOptions {
  int64_t steps = 2;  ///< the second step meets what negatives remember of the first
  bool evaluation_mode =
      false;  ///< batch norm by running means, so that encoders with it can be cut
};

/// What was compared, on rank 0; empty on the others.
struct GradientCheckResult {
  std::vector<GradientDifference> differences;  ///< one a parameter and step
  int64_t batch_size = 0, ranks = 1, query_chunk = 0, document_chunk = 0;
};

/// Proves in float64 that a config's training step gives the gradients of one process with the
/// whole batch.
///
/// Rank 0 computes the gradients of every parameter of towers and loss from the whole batch at
/// once; then all ranks compute them together, in chunks (the config's, or a third of a rank's part
/// each way). Both see the same weights, and each keeps what its negatives remember; after each
/// step the optimiser moves the weights.
///
/// @throws ConfigError if an encoder has batch norm and `evaluation_mode` is off: no part of a
/// batch has its statistics
GradientCheckResult check_gradients(RunOptions options, const Plugins& plugins,
                                    const GradientCheckOptions& check, Communicator& ranks);

/// A table with a line a parameter group (its tower or the loss), and the verdict against
/// `tolerance`.
std::string gradient_check_text(const GradientCheckResult& result, double tolerance);

}  // namespace twinset
