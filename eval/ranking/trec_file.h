// TREC's text files: runs ("query Q0 document rank score tag") and judgments ("query 0 document
// grade").
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace twinset {

/// A document's line of one query. The text lies in the table's file.
struct TrecEntry {
  std::string_view document;
  double value = 0.0;  ///< a run's score, a judgment's grade
};

/// The lines of a file by query, in the order in which queries and lines first occur.
class TrecTable {
 public:
  struct Query {
    std::string_view id;
    std::vector<TrecEntry> entries;
  };
  const std::vector<Query>& queries() const { return queries_; }
  int64_t num_entries() const { return num_entries_; }

 private:
  friend class TrecReader;
  std::shared_ptr<const void> content_;  // what the views look into
  std::vector<Query> queries_;
  int64_t num_entries_ = 0;
};

/// Reads a run; rank and tag are ignored, the order is the scores'. Lines may end in CR LF; empty
/// ones are skipped.
///
/// @param num_threads  0 for one a core; the result does not depend on it
/// @throws DataError naming file and line: too few fields, a score that is no finite number.
TrecTable read_trec_run(const std::filesystem::path& file, int num_threads = 0);

/// Reads judgments; a grade is a whole number. @throws DataError as above.
TrecTable read_trec_judgments(const std::filesystem::path& file, int num_threads = 0);

/// What is written of a query: documents best first.
struct TrecRanking {
  std::string query;
  std::vector<std::string> documents;
  std::vector<double> scores;
};

/// Writes a run atomically; scores as the shortest text that reads back as the same number.
/// @throws DataError if an id is empty or holds white space.
void write_trec_run(const std::filesystem::path& file, const std::vector<TrecRanking>& rankings,
                    const std::string& tag);

/// Writes judgments atomically: documents with grades instead of scores.
void write_trec_judgments(const std::filesystem::path& file,
                          const std::vector<TrecRanking>& judgments);

}  // namespace twinset
