#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "framework/core/tensor_fwd.h"

namespace twinset {

/// Replaces each gradient by its mean over ranks, in buckets that travel while the backward pass
/// goes on.
///
/// Backward passes before `prepare` add up locally. The one after it reduces: when it returns,
/// every rank has the same gradients. A parameter that no rank used keeps no gradient; one that
/// some ranks used counts as zero on the others.
class GradientReducer {
 public:
  virtual ~GradientReducer() = default;
  /// Before the one backward pass of a step that reduces.
  /// @param outputs  what that pass starts from
  virtual void prepare(const std::vector<at::Tensor>& outputs) = 0;
};

}  // namespace twinset
