#pragma once

#include <memory>

#include "experiments/pinlanding/demand/search_log.h"

namespace twinset::pinlanding {

/// Tab-separated columns under a header.
struct TableLogOptions {
  std::vector<std::string> files;
  std::string query_column = "query";
  std::string searches_column;
  std::string results_column;
  std::string clicked_column;
  std::string clicks_column;

  template <class V>
  void visit(V&& v) {
    v("files", files,
      Field{.help = "tables with a header, columns separated by tabs, without quoting"});
    v("query_column", query_column, Field{.help = "what was typed"});
    v("searches_column", searches_column,
      Field{.help = "how often; empty: each row is one search"});
    v("results_column", results_column,
      Field{.help = "how many products were found; empty: not known"});
    v("clicked_column", clicked_column,
      Field{.help = "id of a clicked product, or empty in a row without click; empty: not known"});
    v("clicks_column", clicks_column,
      Field{.help = "number of clicks; empty: one where a product was clicked"});
  }
};

std::unique_ptr<SearchLog> make_table_log(const TableLogOptions& options, const Node& reader);

/// Calls use(cells, "file:line") for each row: the cells of `columns`, "" for a column named "".
/// @throws DataError for an empty file, a column that is not there (with the nearest) and a row of
/// another width
void for_each_row(const std::filesystem::path& file, const std::vector<std::string>& columns,
                  const std::function<void(const std::vector<std::string>& cells,
                                           const std::string& where)>& use);

/// A cell as a number, 0 or more. @throws DataError
int64_t count_of(const std::string& text, const std::string& where, const std::string& what);

}  // namespace twinset::pinlanding
