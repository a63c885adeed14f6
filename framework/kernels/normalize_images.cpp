#include "framework/kernels/normalize_images.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <cstring>

#include "framework/core/error.h"
#include "framework/kernels/cuda_kernels.h"
#include "framework/kernels/cuda_library.h"

namespace twinset {
namespace {

// 16 pixels: the period of the three channels fits a whole number of vector registers.
constexpr int64_t kRun = 48;

struct Affine {
  std::array<float, kRun> scale, offset;
};

void store(float value, float* out) { *out = value; }

void store(float value, uint16_t* out) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  *out = static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

template <class Out>
void normalize_run(const uint8_t* in, int64_t begin, int64_t end, const Affine& affine, Out* out) {
  int64_t i = begin;
  for (; i + kRun <= end; i += kRun) {
    for (int64_t j = 0; j < kRun; ++j) {
      const auto lane = static_cast<size_t>(j);
      store(static_cast<float>(in[i + j]) * affine.scale[lane] + affine.offset[lane], out + i + j);
    }
  }
  for (int64_t j = 0; i + j < end; ++j) {
    const auto lane = static_cast<size_t>(j);
    store(static_cast<float>(in[i + j]) * affine.scale[lane] + affine.offset[lane], out + i + j);
  }
}

template <class Out>
void normalize_cpu(const uint8_t* in, int64_t count, const Affine& affine, Out* out) {
  const int64_t num_runs = (count + kRun - 1) / kRun;
  at::parallel_for(0, num_runs, 1024, [&](int64_t begin, int64_t end) {
    normalize_run(in, begin * kRun, std::min(end * kRun, count), affine, out);
  });
}

}  // namespace

at::Tensor normalize_images(const at::Tensor& images, const std::array<float, 3>& mean,
                            const std::array<float, 3>& deviation, at::ScalarType type) {
  if (!images.defined() || images.dim() != 4 || images.size(3) != 3 ||
      images.scalar_type() != at::kByte || !images.is_contiguous()) {
    throw ShapeError(
        {.where = "normalize_images",
         .what = images.defined()
                     ? fmt::format("images are {} [{}]{}", toString(images.scalar_type()),
                                   fmt::join(images.sizes(), ", "),
                                   images.is_contiguous() ? "" : ", not contiguous")
                     : std::string("there are no images"),
         .expected = "contiguous uint8 [B, H, W, 3]",
         .todo = ""});
  }
  if (type != at::kFloat && type != at::kBFloat16) {
    throw ShapeError({.where = "normalize_images",
                      .what = fmt::format("output of type {}", toString(type)),
                      .expected = "float32 or bfloat16",
                      .todo = ""});
  }
  Affine affine;
  for (size_t i = 0; i < kRun; ++i) {
    affine.scale[i] = 1.0f / (255.0f * deviation[i % 3]);
    affine.offset[i] = -mean[i % 3] / deviation[i % 3];
  }
  at::Tensor out = at::empty(images.sizes(), images.options().dtype(type));
  const uint8_t* in = images.const_data_ptr<uint8_t>();
  if (images.is_cuda()) {
    require_cuda();
    const c10::DeviceGuard guard(images.device());
    const c10::Stream stream = c10::impl::VirtualGuardImpl(at::kCUDA).getStream(images.device());
    check_cuda(cuda_kernels().normalize_images(in, out.mutable_data_ptr(), images.numel(),
                                               affine.scale.data(), affine.offset.data(),
                                               type == at::kBFloat16, stream.native_handle()),
               "normalize_images");
  } else if (type == at::kFloat) {
    normalize_cpu(in, images.numel(), affine, out.mutable_data_ptr<float>());
  } else {
    normalize_cpu(in, images.numel(), affine, static_cast<uint16_t*>(out.mutable_data_ptr()));
  }
  return out.permute({0, 3, 1, 2});
}

}  // namespace twinset
