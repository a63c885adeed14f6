#include "framework/kernels/similarity_launch.cuh"
#include "framework/kernels/similarity_log_sums.cuh"
#include "framework/kernels/similarity_products.cuh"

namespace {

using namespace twinset;

bool is_hopper() {
  int device = 0, major = 0;
  return cudaGetDevice(&device) == cudaSuccess &&
         cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) == cudaSuccess &&
         major == 9;
}

}  // namespace

extern "C" int twinset_similarity_sums(const SimilarityArguments* a, const SimilaritySums* out,
                                       void* stream) {
  if (!a->is_bfloat16) return similarity::launch_sums<similarity::Float32>(*a, *out, stream);
  return is_hopper() ? similarity::launch_sums_hopper(*a, *out, stream)
                     : similarity::launch_sums<similarity::Bfloat16>(*a, *out, stream);
}

extern "C" int twinset_similarity_gradients(const SimilarityArguments* a,
                                            const SimilarityGradients* g, void* stream) {
  if (!a->is_bfloat16) return similarity::launch_gradients<similarity::Float32>(*a, *g, stream);
  return is_hopper() ? similarity::launch_gradients_hopper(*a, *g, stream)
                     : similarity::launch_gradients<similarity::Bfloat16>(*a, *g, stream);
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
