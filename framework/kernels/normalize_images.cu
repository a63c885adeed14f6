#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>

namespace {

struct Affine {
  float scale[3], offset[3];
};

__device__ void store(float value, float* out) { *out = value; }
__device__ void store(float value, __nv_bfloat16* out) { *out = __float2bfloat16_rn(value); }

// One thread a pixel: three loads and three stores that the cache joins into whole lines.
template <class Out>
__global__ void normalize(const uint8_t* __restrict__ in, Out* __restrict__ out, int64_t num_pixels,
                          Affine affine) {
  const int64_t stride = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < num_pixels;
       i += stride) {
#pragma unroll
    for (int c = 0; c < 3; ++c) {
      store(fmaf(static_cast<float>(in[3 * i + c]), affine.scale[c], affine.offset[c]),
            out + 3 * i + c);
    }
  }
}

}  // namespace

extern "C" int twinset_normalize_images(const uint8_t* in, void* out, int64_t count,
                                        const float* scale, const float* offset, bool is_bfloat16,
                                        void* stream) {
  Affine affine;
  std::copy_n(scale, 3, affine.scale);
  std::copy_n(offset, 3, affine.offset);
  const int64_t num_pixels = count / 3;
  if (num_pixels == 0) return cudaSuccess;
  constexpr int kThreads = 256;
  const auto blocks =
      static_cast<unsigned>(std::min<int64_t>((num_pixels + kThreads - 1) / kThreads, 1 << 16));
  if (is_bfloat16) {
    normalize<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
        in, static_cast<__nv_bfloat16*>(out), num_pixels, affine);
  } else {
    normalize<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
        in, static_cast<float*>(out), num_pixels, affine);
  }
  return cudaGetLastError();
}

extern "C" const char* twinset_cuda_error_text(int error) {
  return cudaGetErrorString(static_cast<cudaError_t>(error));
}
