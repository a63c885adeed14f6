#pragma once

#include <filesystem>
#include <string>

namespace twinset::pinlanding {

/// Raw, curated and assigned attributes side by side, as Markdown: distinct attributes, attributes
/// a product and how they spread (eval/distributions); with a truth file, precision (pairs of
/// product and attribute that are true) and recall (true pairs that are found), over all products
/// and over those of the split test alone.
///
/// A phrase is true of a product if it is a true value of its family or one of that value's
/// synonyms, letter by letter in lower case; "soft black jacket" for a black one is therefore not,
/// and lowers the raw words' precision, while curated values are compared as the model's claims in
/// plain words.
/// @param truth     {"id", "attributes"} lines; empty: no precision and recall
/// @param synonyms  "none", "wardrobe" or a file (judge/attribute_truth.h)
std::string assign_report(const std::filesystem::path& folder, const std::string& truth,
                          const std::string& synonyms);

}  // namespace twinset::pinlanding
