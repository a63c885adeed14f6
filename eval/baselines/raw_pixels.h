#pragma once

#include <memory>

#include "eval/scores.h"
#include "framework/data/dataset.h"
#include "framework/data/vocabulary.h"

namespace twinset {

/// Raw pixels: what images give away without a model.
///
/// Rule: an image is its 16 x 16 x 3 pixels minus the mean training image, divided by their length
/// (eval/subjects/pixel_subject.h). An attribute's prototype is the mean direction of the training
/// images that have it; the score is the cosine with it (nearest class mean). A product whose image
/// can't be read scores 0 with every attribute.
///
/// @param train     the images that prototypes are the means of; `vocabulary` is of it
/// @param products  those that are scored
/// @throws DataError if no training image of an attribute can be read
/// Source: Mensink et al. 2013, IEEE TPAMI 35(11), section 3 (nearest class mean, here without a
/// learned metric).
std::unique_ptr<ScoreSource> make_raw_pixels(const Dataset& train, const Dataset& products,
                                             const AttributeVocabulary& vocabulary);

}  // namespace twinset
