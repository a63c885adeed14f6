// The box of a random-resized crop.
#pragma once

#include "framework/core/random.h"
#include "framework/data/resample.h"

namespace twinset {

/// A box whose share of the area is uniform in [scale_min, 1] and whose aspect ratio is log-uniform
/// in [1 / ratio_max, ratio_max], at a uniform place: torchvision's RandomResizedCrop. After ten
/// boxes that do not fit, the largest central box within the ratios.
CropBox random_crop(int width, int height, double scale_min, double ratio_max,
                    CounterRandom& random);

}  // namespace twinset
