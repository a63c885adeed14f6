// The GPU half is opened at run time: the program itself has no link dependency on CUDA and starts
// on any machine.
#pragma once

#include <string>

#include "framework/kernels/cuda_kernels.h"

namespace twinset {

/// Opens libtorch_cuda.so and libtwinset_cuda.so and looks for a GPU; true if tensors can be on
/// "cuda". The first call does the work, later ones give its answer. Call it before anything else
/// asks torch about CUDA.
bool load_cuda();

/// The same, as a demand. @throws SystemError saying which library or driver is missing, and what
/// to set.
void require_cuda();

/// The kernels; `require_cuda` must have succeeded.
const CudaKernels& cuda_kernels();

/// The name of a GPU, such as "NVIDIA H100 80GB HBM3"; "" before `load_cuda` has succeeded.
std::string gpu_name(int index = 0);

/// @throws SystemError with CUDA's text if `error` is not cudaSuccess
void check_cuda(int error, const char* kernel);

}  // namespace twinset
