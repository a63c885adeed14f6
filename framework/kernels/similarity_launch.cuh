// Private to this folder: launches the kernels of similarity_tiles.h for a kind of tensor-core
// instruction.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "framework/kernels/similarity_gradients.cuh"

namespace twinset::similarity {

/// A kernel that takes the arguments, `out`, and how many stages of shared memory there are: many
/// where the GPU has room for them.
template <class Kind, class Kernel, class Out>
cudaError_t launch(Kernel kernel, const SimilarityGrid& grid, const SimilarityArguments& a,
                   const Out& out, void* stream) {
  using L = Layout<Kind>;
  constexpr int kReservedBytes = 1024;  // of each block, by CUDA
  int device = 0, bytes = 0;
  cudaError_t error = cudaGetDevice(&device);
  if (error == cudaSuccess)
    error = cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerMultiprocessor, device);
  if (error != cudaSuccess) return error;
  const auto bytes_of = [](int stages) { return L::kSharedBytes + stages * L::kStageBytes; };
  const int stages = L::kBlocks * (bytes_of(L::kManyStages) + kReservedBytes) <= bytes
                         ? L::kManyStages
                         : L::kFewStages;
  error =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes_of(stages));
  if (error != cudaSuccess) return error;
  const dim3 blocks(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y));
  kernel<<<blocks, kThreads, static_cast<size_t>(bytes_of(stages)),
           static_cast<cudaStream_t>(stream)>>>(a, out, stages);
  return cudaGetLastError();
}

template <class Kind>
cudaError_t launch_sums(const SimilarityArguments& a, const SimilaritySums& out, void* stream) {
  return launch<Kind>(sums_kernel<Kind>, sums_grid(a.num_x, a.num_y, a.is_bfloat16), a, out,
                      stream);
}

template <class Kind>
cudaError_t launch_gradients(const SimilarityArguments& a, const SimilarityGradients& g,
                             void* stream) {
  const SimilarityGrid grid = gradients_grid(a.num_x, a.num_y, a.is_bfloat16);
  if (g.is_sigmoid) return launch<Kind>(gradients_kernel<Kind, true>, grid, a, g, stream);
  return launch<Kind>(gradients_kernel<Kind, false>, grid, a, g, stream);
}

/// In similarity_hopper.cu, compiled for sm_90a alone.
cudaError_t launch_sums_hopper(const SimilarityArguments& a, const SimilaritySums& out,
                               void* stream);
cudaError_t launch_gradients_hopper(const SimilarityArguments& a, const SimilarityGradients& g,
                                    void* stream);

}  // namespace twinset::similarity
