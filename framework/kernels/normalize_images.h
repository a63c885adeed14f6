#pragma once

#include <ATen/core/Tensor.h>

#include <array>

namespace twinset {

/// Mean and standard deviation of ImageNet's training images, red, green, blue, for pixels in [0,
/// 1].
inline constexpr std::array<float, 3> kImageNetMean = {0.485f, 0.456f, 0.406f};
inline constexpr std::array<float, 3> kImageNetStd = {0.229f, 0.224f, 0.225f};

/// Pixels to what image encoders read: \f$ (x / 255 - \mu_c) / \sigma_c \f$, in one pass.
///
/// @param images     [B, H, W, 3] uint8, contiguous, CPU or CUDA
/// @param deviation  each > 0
/// @param type       float32 or bfloat16 (rounded to nearest even)
/// @return [B, 3, H, W] of `type` in channels-last memory, on the device of `images`
/// @throws ShapeError if `images` is anything else; ConfigError if a CUDA tensor meets a build
/// without CUDA
at::Tensor normalize_images(const at::Tensor& images, const std::array<float, 3>& mean,
                            const std::array<float, 3>& deviation, at::ScalarType type);

}  // namespace twinset
