#pragma once

#include <functional>
#include <memory>

#include "eval/subject.h"

namespace twinset {

/// Opens a split's data set by name.
using OpenSplit = std::function<const Dataset&(const std::string& split)>;

/// Chance: every product and every text gets a random direction that depends on its id or its words
/// and the seed alone. What any protocol gives it is the floor of that protocol.
std::unique_ptr<Subject> make_random_subject(OpenSplit open, const AttributeVocabulary& vocabulary,
                                             uint64_t seed, int64_t dim = 128);

}  // namespace twinset
