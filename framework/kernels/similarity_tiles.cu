#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <mma.h>

#include <cstdint>

#include "framework/kernels/similarity_tiles.cuh"

namespace {

using namespace twinset;

unsigned blocks(int64_t count, int64_t size) { return static_cast<unsigned>((count + size - 1) / size); }

}  // namespace

extern "C" int twinset_similarity_sums(const SimilarityArguments* a, const SimilaritySums* out, void* stream) {
  const dim3 grid(blocks(a->num_x, kSimilarityBlock), blocks(a->num_y, kSimilarityBlock));
  if (a->is_bfloat16) {
    similarity::sums_kernel<__nv_bfloat16><<<grid, similarity::kThreads, 0, static_cast<cudaStream_t>(stream)>>>(*a, *out);
  } else {
    similarity::sums_kernel<float><<<grid, similarity::kThreads, 0, static_cast<cudaStream_t>(stream)>>>(*a, *out);
  }
  return cudaGetLastError();
}

extern "C" int twinset_similarity_gradient(const SimilarityArguments* a, const SimilarityGradient* g, void* stream) {
  const dim3 grid(blocks(a->num_x, similarity::kTile), blocks(a->depth, similarity::kGradientChunks * similarity::kTile));
  if (a->is_bfloat16) {
    similarity::gradient_kernel<__nv_bfloat16><<<grid, similarity::kThreads, 0, static_cast<cudaStream_t>(stream)>>>(*a, *g);
  } else {
    similarity::gradient_kernel<float><<<grid, similarity::kThreads, 0, static_cast<cudaStream_t>(stream)>>>(*a, *g);
  }
  return cudaGetLastError();
}
