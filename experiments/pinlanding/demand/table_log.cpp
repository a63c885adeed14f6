#include "experiments/pinlanding/demand/table_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

class TableLog : public SearchLog {
 public:
  explicit TableLog(TableLogOptions options) : options_(std::move(options)) {}

  std::vector<std::filesystem::path> files() const override {
    return {options_.files.begin(), options_.files.end()};
  }

  void read(const UseSearch& use) const override {
    for (const std::string& file : options_.files) {
      for_each_row(file,
                   {options_.query_column, options_.searches_column, options_.results_column,
                    options_.clicked_column, options_.clicks_column},
                   [&](const std::vector<std::string>& cells, const std::string& where) {
                     use(search_of(cells, where), where);
                   });
    }
  }

 private:
  LoggedSearch search_of(const std::vector<std::string>& cells, const std::string& where) const {
    LoggedSearch search;
    search.query = cells[0];
    if (!options_.searches_column.empty())
      search.searches = static_cast<double>(count_of(cells[1], where, options_.searches_column));
    if (!options_.results_column.empty() && !cells[2].empty())
      search.results = count_of(cells[2], where, options_.results_column);
    const int64_t clicks =
        options_.clicks_column.empty()
            ? (cells[3].empty() ? 0 : 1)
            : count_of(cells[4].empty() ? "0" : cells[4], where, options_.clicks_column);
    if (clicks > 0) search.clicks[cells[3]] = clicks;
    return search;
  }

  TableLogOptions options_;
};

}  // namespace

int64_t count_of(const std::string& text, const std::string& where, const std::string& what) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size() && count >= 0) return count;
  throw DataError({.where = where,
                   .what = fmt::format("'{}' is '{}'", what, text),
                   .expected = "a whole number, 0 or more"});
}

void for_each_row(
    const std::filesystem::path& file, const std::vector<std::string>& columns,
    const std::function<void(const std::vector<std::string>&, const std::string&)>& use) {
  std::ifstream lines(file);
  std::string line;
  if (!lines || !std::getline(lines, line)) {
    throw DataError({.where = file.string(),
                     .what = lines.is_open() ? "is empty" : "can't be read",
                     .expected = "a header and a row a search"});
  }
  const std::vector<std::string> header = tab_cells(line);
  std::vector<std::optional<size_t>> places;
  for (const std::string& column : columns) {
    const auto found = std::find(header.begin(), header.end(), column);
    if (!column.empty() && found == header.end())
      throw_unknown_name(file.string() + ":1", "column", column, header);
    places.push_back(column.empty() ? std::nullopt
                                    : std::optional(static_cast<size_t>(found - header.begin())));
  }
  for (int64_t number = 2; std::getline(lines, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const std::string where = fmt::format("{}:{}", file.string(), number);
    const std::vector<std::string> cells = tab_cells(line);
    if (cells.size() != header.size()) {
      throw DataError({.where = where,
                       .what = fmt::format("has {} columns", cells.size()),
                       .expected = fmt::format("{}, as the header", header.size())});
    }
    std::vector<std::string> wanted;
    for (const auto& place : places) wanted.push_back(place ? cells[*place] : "");
    use(wanted, where);
  }
}

std::unique_ptr<SearchLog> make_table_log(const TableLogOptions& options, const Node&) {
  check_log_files(options.files);
  return std::make_unique<TableLog>(options);
}

}  // namespace twinset::pinlanding
