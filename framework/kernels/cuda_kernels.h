// The C interface of libtwinset_cuda.so: raw device pointers, a cudaStream_t as void*, a
// cudaError_t as int. No torch and no CUDA header, so that both sides can include it.
#pragma once

#include <cstdint>

#include "framework/kernels/info_nce_targets.h"
#include "framework/kernels/similarity_tiles.h"

namespace twinset {

/// Writes scale[c] * in + offset[c] for interleaved channels c = index mod 3 (the first three of
/// both arrays, on the host).
using NormalizeImagesCuda = int (*)(const uint8_t* in, void* out, int64_t count, const float* scale,
                                    const float* offset, bool is_bfloat16, void* stream);
using CudaErrorText = const char* (*)(int error);

/// The functions of libtwinset_cuda.so, found by name when it is opened.
struct CudaKernels {
  NormalizeImagesCuda normalize_images = nullptr;
  SimilaritySumsCuda similarity_sums = nullptr;
  SimilarityGradientsCuda similarity_gradients = nullptr;
  SimilarityLogSumsCuda similarity_log_sums = nullptr;
  InfoNceTargetsCuda info_nce_targets = nullptr;
  CudaErrorText error_text = nullptr;
};

}  // namespace twinset
