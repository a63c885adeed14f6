#include "framework/kernels/normalize_images.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/kernels/cuda_library.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

at::Tensor random_images(int64_t batch, int64_t height, int64_t width) {
  return at::randint(0, 256, {batch, height, width, 3}, at::kByte);
}

double naive(const at::Tensor& images, int64_t b, int64_t y, int64_t x, int64_t c) {
  const auto channel = static_cast<size_t>(c);
  const double pixel = images[b][y][x][c].item<uint8_t>() / 255.0;
  return (pixel - static_cast<double>(kImageNetMean[channel])) /
         static_cast<double>(kImageNetStd[channel]);
}

TEST(NormalizeImages, MatchesNaiveLoop) {
  const at::Tensor images = random_images(2, 5, 7);  // 210 numbers: four whole runs and a rest
  const at::Tensor out = normalize_images(images, kImageNetMean, kImageNetStd, at::kFloat);
  ASSERT_EQ(out.sizes(), (std::vector<int64_t>{2, 3, 5, 7}));
  EXPECT_TRUE(out.is_contiguous(at::MemoryFormat::ChannelsLast));
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t y = 0; y < 5; ++y) {
      for (int64_t x = 0; x < 7; ++x) {
        for (int64_t c = 0; c < 3; ++c)
          EXPECT_NEAR(out[b][c][y][x].item<float>(), naive(images, b, y, x, c), 1e-6);
      }
    }
  }
}

TEST(NormalizeImages, RoundsToBFloat16AsTorchDoes) {
  const at::Tensor images = random_images(9, 64, 64);  // enough for several threads
  const at::Tensor exact = normalize_images(images, kImageNetMean, kImageNetStd, at::kFloat);
  const at::Tensor rounded = normalize_images(images, kImageNetMean, kImageNetStd, at::kBFloat16);
  EXPECT_EQ(rounded.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::equal(rounded, exact.to(at::kBFloat16)));
}

TEST(NormalizeImages, AcceptsAnEmptyBatch) {
  EXPECT_EQ(
      normalize_images(random_images(0, 4, 4), kImageNetMean, kImageNetStd, at::kFloat).sizes(),
      (std::vector<int64_t>{0, 3, 4, 4}));
}

template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(NormalizeImages, SaysWhatItCannotRead) {
  const auto normalize = [](const at::Tensor& images, at::ScalarType type = at::kFloat) {
    return message_of([&] { normalize_images(images, kImageNetMean, kImageNetStd, type); });
  };
  EXPECT_THAT(normalize({}), HasSubstr("there are no images"));
  EXPECT_THAT(normalize(random_images(1, 2, 2).to(at::kFloat)),
              HasSubstr("images are Float [1, 2, 2, 3], expected contiguous uint8 [B, H, W, 3]"));
  EXPECT_THAT(normalize(random_images(1, 3, 2).permute({0, 3, 1, 2})),
              HasSubstr("expected contiguous uint8"));
  EXPECT_THAT(normalize(random_images(1, 2, 2).transpose(1, 2)), HasSubstr("not contiguous"));
  EXPECT_THAT(normalize(random_images(1, 2, 2), at::kHalf),
              HasSubstr("output of type Half, expected float32 or bfloat16"));
}

TEST(NormalizeImages, OnTheGpuMatchesTheCpu) {
  if (!load_cuda()) GTEST_SKIP() << message_of(require_cuda);
  EXPECT_THAT(gpu_name(), HasSubstr("NVIDIA"));
  const at::Tensor images = random_images(5, 33, 31);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const at::Tensor cpu = normalize_images(images, kImageNetMean, kImageNetStd, type);
    const at::Tensor gpu =
        normalize_images(images.to(at::kCUDA), kImageNetMean, kImageNetStd, type).cpu();
    EXPECT_TRUE(gpu.is_contiguous(at::MemoryFormat::ChannelsLast));
    // The GPU multiplies and adds in one rounding: a bfloat16 may then fall to its neighbour.
    const double tolerance = type == at::kFloat ? 1e-6 : 0.016;
    EXPECT_LT(gpu.to(at::kDouble).sub(cpu.to(at::kDouble)).abs().max().item<double>(), tolerance);
  }
}

TEST(CudaLibrary, SaysWhyThereIsNone) {
  if (load_cuda()) GTEST_SKIP() << "this machine has a GPU";
  EXPECT_THAT(message_of(require_cuda),
              ::testing::AllOf(::testing::StartsWith("cuda: "), HasSubstr("use device=cpu")));
}

}  // namespace
}  // namespace twinset
