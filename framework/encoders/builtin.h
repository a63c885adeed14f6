#pragma once

#include "framework/encoders/encoder.h"

namespace twinset {

/// Registers every encoder of this folder that is made by name: resnet, token_mean, transformer,
/// vit.
void register_builtin_encoders(EncoderRegistry& registry);

}  // namespace twinset
