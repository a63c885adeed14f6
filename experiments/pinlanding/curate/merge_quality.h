#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace twinset::pinlanding {

/// A raw surface form, by the value that it has in truth and the one that it was given.
struct JudgedForm {
  std::string family;
  std::string truth;
  std::string given;  ///< empty: it was dropped
};

/// How well surface forms were merged, over pairs of forms of one family.
struct MergeQuality {
  int64_t num_right = 0;   ///< pairs of one true value that were given one value
  int64_t num_wrong = 0;   ///< pairs of two true values that were given one
  int64_t num_missed = 0;  ///< pairs of one true value that were given two, or were dropped
  double precision() const {
    return num_right + num_wrong > 0
               ? static_cast<double>(num_right) / static_cast<double>(num_right + num_wrong)
               : 1.0;
  }
  double recall() const {
    return num_right + num_missed > 0
               ? static_cast<double>(num_right) / static_cast<double>(num_right + num_missed)
               : 1.0;
  }
};

/// Pairwise merge precision and recall.
/// @param forms  distinct raw phrases that pass the frequency filter by their own count, each once
/// however often it occurs
MergeQuality merge_quality(const std::vector<JudgedForm>& forms);

}  // namespace twinset::pinlanding
