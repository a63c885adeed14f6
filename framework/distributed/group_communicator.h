// Private to this folder.
#pragma once

#include <memory>
#include <string>

#include "framework/distributed/communicator.h"

namespace twinset {

/// A Communicator over c10d: Gloo for CPU tensors, NCCL for CUDA tensors, a TCP store to meet at.
std::unique_ptr<Communicator> make_group_communicator(const LaunchEnvironment& environment,
                                                      const DistributedOptions& options,
                                                      const std::string& device);

}  // namespace twinset
