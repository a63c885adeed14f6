#pragma once

#include <memory>

#include "framework/encoders/dual_encoder.h"

namespace twinset {

/// A document tower whose documents are images: what makes the trainer compare queries with images.
///
/// A document's tokens are the number of its image, [B, 1] int64; its embedding is the image
/// tower's. So the trainer, which embeds documents by their tokens, needs to know nothing of
/// images.
///
/// @param image   the tower; outlives this
/// @param images  [N, H, W, 3] uint8
/// @param owns_parameters  false: another tower (the query's) names the image tower's weights, so
/// this names none and they train once
std::unique_ptr<Encoder> make_image_documents(Encoder& image, const at::Tensor& images,
                                              Precision precision, bool owns_parameters);

}  // namespace twinset
