// What the commands that compare files share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "eval/judged/agreement.h"

namespace twinset {

/// The parts between commas; none of an empty text.
std::vector<std::string> split_list(const std::string& text);

/// "NAME=FILE" as its two halves. @throws ConfigError for anything else, with `example` as what to
/// do
std::pair<std::string, std::string> named_file(const std::string& text, const std::string& example);

/// Cohen's kappa of each pair of raters, Fleiss' kappa and Krippendorff's alpha, a line each;
/// "undefined" where they are 0/0.
std::string agreement_text(const RatingTable& ratings, const std::vector<std::string>& raters);

}  // namespace twinset
