// Private to this folder: NCCL is opened at run time, like everything of CUDA.
#pragma once

#include <chrono>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace twinset {

/// The function that libtwinset_nccl.so exports.
using MakeNcclGroup = void (*)(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                               int64_t timeout_ms, c10::intrusive_ptr<c10d::Backend>& group);

/// The NCCL group of the ranks; torch's CUDA half must be open (require_cuda).
/// @throws SystemError if libtwinset_nccl.so can't be opened: built without CUDA or without nccl.h
c10::intrusive_ptr<c10d::Backend> make_nccl_group(const c10::intrusive_ptr<c10d::Store>& store,
                                                  int rank, int size,
                                                  std::chrono::milliseconds timeout);

}  // namespace twinset
