#pragma once

#include <string>

#include "experiments/pinlanding/curate/curation.h"

namespace twinset::pinlanding {

/// What curation kept, merged and dropped, and why, as Markdown.
std::string curate_report(const ExtractedAttributes& extracted, const Curation& curation);

}  // namespace twinset::pinlanding
