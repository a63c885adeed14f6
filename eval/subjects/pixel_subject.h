#pragma once

#include <memory>

#include "eval/subjects/random_subject.h"

namespace twinset {

/// Raw pixels: a product is its image, shrunk to 16 x 16 with three colours, minus the mean image of the training split. No model,
/// yet on photos with a plain background its neighbours are often of the same category. It has no texts: protocols that
/// compare products with words refuse it.
std::unique_ptr<Subject> make_pixel_subject(OpenSplit open, const AttributeVocabulary& vocabulary);

}  // namespace twinset
