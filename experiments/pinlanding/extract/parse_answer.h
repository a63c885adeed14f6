#pragma once

#include <string>
#include <vector>

#include "experiments/pinlanding/extract/attribute_provider.h"

namespace twinset::pinlanding {

/// Reads a model's answer: a JSON object of families with a text or a list of texts each,
/// {"colour": "navy", "season": ["summer"]}. It may stand in a code fence or after other words, and
/// in a member "attributes". Empty texts and null are left out, blanks around a text too, and a
/// repeat counts once.
///
/// @param families  those that are allowed; empty: any
/// @return attributes in the order of the answer, or the reason why they can't be used, with the
/// answer as it came
ExtractAnswer parse_answer(const std::string& text, const std::vector<std::string>& families);

}  // namespace twinset::pinlanding
