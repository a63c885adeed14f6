// Private to this folder.
#pragma once

#include "framework/encoders/encoder.h"

namespace twinset {

/// @throws ConfigError if the context of a text encoder has no vocabulary or no length
void check_text_context(const char* encoder, const EncoderContext& context);

}  // namespace twinset
