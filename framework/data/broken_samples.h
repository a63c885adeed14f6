// Which samples could not be read, named once each, and whether they are too many.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_set>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset {

/// A sample that can't be used.
struct BrokenSample {
  int64_t sample = 0;
  std::string place;
  std::string reason;
};

/// Counts, logs and writes down broken samples; not for several threads at once.
class BrokenSamples {
 public:
  /// @param file gets a line "place<TAB>reason" for each broken sample that it does not name yet;
  /// "" for no file
  BrokenSamples(const Dataset& dataset, std::filesystem::path file, double max_share);

  /// Takes note of samples. @throws DataError once they are more than `max_share` of the data set.
  void add(const std::vector<BrokenSample>& samples);
  /// Different broken samples so far, those that the data set left out when it was opened among
  /// them.
  int64_t count() const { return count_; }
  /// The most that `add` accepts from now on.
  int64_t allowed() const { return max_count_; }

 private:
  void write(const std::string& place, const std::string& reason);
  void check(const std::string& last) const;

  std::filesystem::path file_;
  double max_share_;
  int64_t num_samples_ = 0;
  int64_t max_count_ = 0;
  int64_t count_ = 0;
  int num_logged_ = 0;
  std::unordered_set<int64_t> seen_;
  std::unordered_set<std::string> written_;
};

}  // namespace twinset
