#include <fmt/format.h>

#include <algorithm>

#include "eval/table.h"

namespace twinset {
namespace {

using Cells = std::vector<std::string>;

constexpr const char* kPlusMinus = "\u00b1";

// Characters, not bytes: every byte that does not continue a UTF-8 sequence starts one.
size_t width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string escape_markdown(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '*' || c == '`' || c == '<') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

Cells markdown_heading(const Table& table) {
  Cells cells;
  for (const std::string& title : table.label_titles) cells.push_back(escape_markdown(title));
  if (table.has_counts) cells.emplace_back("seeds");
  for (const ColumnOptions& column : table.columns) cells.push_back(escape_markdown(column.title));
  return cells;
}

std::string markdown_number(const TableRow& row, size_t c, const ColumnOptions& column) {
  const CellText text = cell_text(row, c, column);
  const TableCell& cell = row.cells[c];
  std::string mean = cell.is_best     ? fmt::format("**{}**", text.mean)
                     : cell.is_second ? fmt::format("<u>{}</u>", text.mean)
                                      : text.mean;
  if (cell.is_significant) mean += "\\*";
  return text.deviation.empty() ? mean : fmt::format("{} {} {}", mean, kPlusMinus, text.deviation);
}

Cells markdown_row_cells(const Table& table, const TableRow& row) {
  Cells cells;
  for (const std::string& label : row.labels) cells.push_back(escape_markdown(label));
  cells[0] = escape_markdown(first_label(row));
  if (table.has_counts) cells.push_back(count_text(row));
  for (size_t c = 0; c < row.cells.size(); ++c)
    cells.push_back(markdown_number(row, c, table.columns[c]));
  return cells;
}

}  // namespace

std::string to_markdown(const Table& table) {
  std::vector<Cells> lines = {markdown_heading(table)};
  for (const TableRow& row : table.rows) lines.push_back(markdown_row_cells(table, row));
  std::vector<size_t> widths(lines[0].size(), 3);
  for (const Cells& cells : lines) {
    for (size_t c = 0; c < cells.size(); ++c) widths[c] = std::max(widths[c], width(cells[c]));
  }
  const size_t num_labels = table.label_titles.size();
  std::string text =
      full_caption(table).empty() ? "" : escape_markdown(full_caption(table)) + "\n\n";
  for (size_t i = 0; i < lines.size(); ++i) {
    for (size_t c = 0; c < lines[i].size(); ++c) {
      const std::string padding(widths[c] - width(lines[i][c]), ' ');
      text += c < num_labels ? fmt::format("| {}{} ", lines[i][c], padding)
                             : fmt::format("| {}{} ", padding, lines[i][c]);
    }
    text += "|\n";
    if (i > 0) continue;
    for (size_t c = 0; c < widths.size(); ++c) {
      const std::string dashes(widths[c] + (c < num_labels ? 2 : 1), '-');
      text += c < num_labels ? "|" + dashes : "|" + dashes + ":";
    }
    text += "|\n";
  }
  for (const auto& [mark, note] : table.notes)
    text += fmt::format("\n{} {}\n", escape_markdown(mark), escape_markdown(note));
  return text;
}

}  // namespace twinset
