#include <cuda_runtime.h>

#include "framework/kernels/info_nce_targets.cuh"

extern "C" int twinset_info_nce_targets(const twinset::InfoNceTargets* a, void* stream) {
  using namespace twinset;
  const auto blocks =
      static_cast<unsigned>((a->num_rows + kTargetsPerBlock - 1) / kTargetsPerBlock);
  similarity::info_nce_targets_kernel<<<blocks, similarity::kThreads,
                                        similarity::kThreads / 32 * 2 * sizeof(double),
                                        static_cast<cudaStream_t>(stream)>>>(*a);
  return cudaGetLastError();
}
