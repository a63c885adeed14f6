#pragma once

#include <memory>

#include "eval/subjects/random_subject.h"

namespace twinset {

/// Raw pixels: a product is its image, shrunk to 16 x 16 with three colours, minus the mean image
/// of the training split. No model, yet on photos with a plain background its neighbours are often
/// of the same category. The text of an attribute phrase is the mean direction of the training
/// images that have it; it has no other texts, and names the first that is asked for (DataError).
/// @throws DataError if no training image can be read
std::unique_ptr<Subject> make_pixel_subject(OpenSplit open, const AttributeVocabulary& vocabulary);

}  // namespace twinset
