#pragma once

#include <memory>
#include <string>

#include "datasets/wardrobe/wardrobe.h"
#include "framework/data/dataset.h"

namespace twinset {

/// Opens a split of the wardrobe in `options.folder` (layout shards), after rendering it there if
/// it is not there yet.
/// @throws ConfigError if the folder holds another data set, or the layout is not "shards"
std::unique_ptr<Dataset> make_rendered_wardrobe(const wardrobe::WardrobeOptions& options,
                                                const std::string& split);

/// Writes the wardrobe with a line on the way every few seconds, and returns its summary.
wardrobe::WardrobeSummary write_wardrobe_with_progress(const wardrobe::WardrobeOptions& options);

}  // namespace twinset
