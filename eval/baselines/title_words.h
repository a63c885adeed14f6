#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twinset {

/// The words of a title or a phrase as a plain search index sees them: lower case, "t-shirt" and "t
/// shirt" as "tshirt", possessives joined ("men's" as "mens"), runs of letters and digits, plural
/// endings dropped (S-stemmer). Bytes outside ASCII separate words.
///
/// Endings, the first that fits: (ss|sh|ch|x)es loses "es"; ies, in words longer than 4, becomes y;
/// s, unless after u or s, in words longer than 3, goes. Source: the S-stemmer of Harman 1991, "How
/// effective is suffixing?", with the es rule added.
std::vector<std::string> title_words(std::string_view text);

}  // namespace twinset
