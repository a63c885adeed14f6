// Searches as shops log them, in whatever file they stand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/registry.h"
#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// A search, or several of the same text.
struct LoggedSearch {
  std::string query;  ///< as it was typed
  double searches = 1;
  std::optional<int64_t> results;  ///< products that it found; none: the log does not say
  std::map<std::string, int64_t>
      clicks;                         ///< by product id; "" for products that the log does not name
  std::vector<Attribute> attributes;  ///< what it asks for, if the log says so
};

/// Takes a search with its "file:line".
using UseSearch = std::function<void(LoggedSearch&&, const std::string& where)>;

/// A log.
class SearchLog {
 public:
  virtual ~SearchLog() = default;
  virtual std::vector<std::filesystem::path> files() const = 0;
  /// @throws DataError naming the line: a broken line, a column or field that is missing
  virtual void read(const UseSearch& use) const = 0;
};

/// The second argument is the node of the data set's reader.
using SearchLogRegistry = Registry<SearchLog, const Node&>;

/// Every kind of log, by name.
SearchLogRegistry builtin_search_logs();

/// @throws ConfigError if there is none, or one does not exist
void check_log_files(const std::vector<std::string>& files);

}  // namespace twinset::pinlanding
