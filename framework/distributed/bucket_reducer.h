// Private to this folder.
#pragma once

#include <memory>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

#include "framework/distributed/gradient_reducer.h"

namespace twinset {

/// c10d's Reducer: what PyTorch's DistributedDataParallel is made of.
std::unique_ptr<GradientReducer> make_bucket_reducer(
    const c10::intrusive_ptr<c10d::ProcessGroup>& group, const NamedTensors& parameters,
    int64_t bucket_bytes);

}  // namespace twinset
