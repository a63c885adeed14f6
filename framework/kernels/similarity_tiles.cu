#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>

#include "framework/kernels/similarity_gradients.cuh"
#include "framework/kernels/similarity_sums.cuh"

namespace {

using namespace twinset;

// A kernel that takes the arguments, `out`, and how many stages of shared memory there are: many
// where the GPU has room for them.
template <class Element, class Kernel, class Out>
cudaError_t launch(Kernel kernel, const SimilarityGrid& grid, const SimilarityArguments& a,
                   const Out& out, void* stream) {
  using S = similarity::Shape<Element>;
  constexpr int kReservedBytes = 1024;  // of each block, by CUDA
  int device = 0, bytes = 0;
  cudaError_t error = cudaGetDevice(&device);
  if (error == cudaSuccess)
    error = cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerMultiprocessor, device);
  if (error != cudaSuccess) return error;
  const auto bytes_of = [](int stages) { return S::kSharedBytes + stages * S::kStageBytes; };
  const int stages = S::kBlocks * (bytes_of(S::kManyStages) + kReservedBytes) <= bytes
                         ? S::kManyStages
                         : S::kFewStages;
  error =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes_of(stages));
  if (error != cudaSuccess) return error;
  const dim3 blocks(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y));
  kernel<<<blocks, similarity::kThreads, static_cast<size_t>(bytes_of(stages)),
           static_cast<cudaStream_t>(stream)>>>(a, out, stages);
  return cudaGetLastError();
}

template <class Element>
cudaError_t launch_gradients(const SimilarityArguments& a, const SimilarityGradients& g,
                             void* stream) {
  const SimilarityGrid grid = gradients_grid(a.num_x, a.num_y, a.is_bfloat16);
  if (g.is_sigmoid)
    return launch<Element>(similarity::gradients_kernel<Element, true>, grid, a, g, stream);
  return launch<Element>(similarity::gradients_kernel<Element, false>, grid, a, g, stream);
}

}  // namespace

extern "C" int twinset_similarity_sums(const SimilarityArguments* a, const SimilaritySums* out,
                                       void* stream) {
  const SimilarityGrid grid = sums_grid(a->num_x, a->num_y, a->is_bfloat16);
  if (a->is_bfloat16)
    return launch<__nv_bfloat16>(similarity::sums_kernel<__nv_bfloat16>, grid, *a, *out, stream);
  return launch<float>(similarity::sums_kernel<float>, grid, *a, *out, stream);
}

extern "C" int twinset_similarity_gradients(const SimilarityArguments* a,
                                            const SimilarityGradients* g, void* stream) {
  return a->is_bfloat16 ? launch_gradients<__nv_bfloat16>(*a, *g, stream)
                        : launch_gradients<float>(*a, *g, stream);
}

extern "C" int twinset_similarity_log_sums(const SimilarityLogSums* rows,
                                           const SimilarityLogSums* columns, void* stream) {
  const int64_t most = std::max(rows->num_lines, columns->num_lines);
  const dim3 blocks(static_cast<unsigned>((most + similarity::kThreads - 1) / similarity::kThreads),
                    2);
  similarity::
      log_sums_kernel<<<blocks, similarity::kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
          *rows, *columns);
  return cudaGetLastError();
}
