// Compiled for sm_90a alone, whose instructions no other GPU has.
#include "framework/kernels/similarity_hopper.cuh"
#include "framework/kernels/similarity_launch.cuh"

namespace twinset::similarity {

cudaError_t launch_sums_hopper(const SimilarityArguments& a, const SimilaritySums& out,
                               void* stream) {
  return launch_sums<HopperBfloat16>(a, out, stream);
}

cudaError_t launch_gradients_hopper(const SimilarityArguments& a, const SimilarityGradients& g,
                                    void* stream) {
  return launch_gradients<HopperBfloat16>(a, g, stream);
}

}  // namespace twinset::similarity
