#pragma once

#include "framework/negatives/candidate_source.h"
#include "framework/negatives/negatives.h"

namespace twinset {

/// Registers every negative strategy of this folder.
void register_builtin_negatives(NegativesRegistry& registry);

/// The sources that `mixed` can name; each is a strategy of its own too, under the same name.
CandidateSourceRegistry builtin_candidate_sources();

}  // namespace twinset
