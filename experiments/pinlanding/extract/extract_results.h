#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/pinlanding/extract/attribute_provider.h"

namespace twinset::pinlanding {

/// How many answers may fail.
struct FailureLimit {
  double share = 0.05;
  int64_t min_answers = 50;  ///< before which nothing is decided
};

/// Collects the answers of a catalogue and writes them.
class ExtractResults {
 public:
  ExtractResults(const std::vector<CatalogueProduct>& products, FailureLimit limit,
                 std::filesystem::path folder);

  /// @throws DataError when more than the limit have failed, with the most frequent reason
  void add(size_t product, ExtractAnswer answer);

  /// failed.jsonl: a line {"id", "reason", "answer"} for each product that has failed.
  void write_failed() const;
  /// failed.jsonl, summary.json, and products.jsonl in the order of the catalogue; returns a line
  /// for people.
  /// @throws DataError when more than the limit have failed, or no product has an attribute
  std::string write(const std::string& account) const;

 private:
  void check_limit(int64_t min_answers) const;

  const std::vector<CatalogueProduct>& products_;
  FailureLimit limit_;
  std::filesystem::path folder_;
  std::vector<ExtractAnswer> answers_;  ///< [products]
  std::vector<bool> is_answered_;
  int64_t num_answered_ = 0;
  int64_t num_failed_ = 0;
};

}  // namespace twinset::pinlanding
