#include <fmt/format.h>

#include "eval/table.h"

namespace twinset {
namespace {

using Cells = std::vector<std::string>;

std::string escape_csv(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string escaped = "\"";
  for (const char c : text) escaped += c == '"' ? std::string("\"\"") : std::string(1, c);
  return escaped + '"';
}

std::string number_text(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

}  // namespace

std::string to_csv(const Table& table) {
  Cells cells = {"kind"};
  for (const std::string& title : table.label_titles) cells.push_back(escape_csv(title));
  if (table.has_counts) cells.insert(cells.end(), {"n", "failed"});
  for (const ColumnOptions& column : table.columns) {
    cells.push_back(escape_csv(column.metric + " mean"));
    cells.push_back(escape_csv(column.metric + " std"));
  }
  std::string text = fmt::format("{}\n", fmt::join(cells, ","));
  for (const TableRow& row : table.rows) {
    cells = {row.is_baseline ? "baseline" : "model"};
    for (const std::string& label : row.labels) cells.push_back(escape_csv(label));
    cells[1] = escape_csv(first_label(row));
    if (table.has_counts) {
      cells.push_back(row.is_baseline ? "" : fmt::format("{}", row.num_runs));
      cells.push_back(row.is_baseline ? "" : fmt::format("{}", row.num_failed));
    }
    for (const TableCell& cell : row.cells) {
      cells.push_back(number_text(cell.mean));
      cells.push_back(number_text(cell.deviation));
    }
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

}  // namespace twinset
