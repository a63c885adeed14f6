#include <fmt/format.h>

#include "eval/escape_html.h"
#include "eval/report_style.h"
#include "eval/table.h"
#include "framework/core/atomic_file.h"

namespace twinset {
namespace {

std::string number_cell(const Table& table, const TableRow& row, size_t c) {
  const CellText text = cell_text(row, c, table.columns[c]);
  const TableCell& cell = row.cells[c];
  const char* kind = cell.is_best            ? " class=\"best\""
                     : cell.is_second        ? " class=\"second\""
                     : text.mean == "failed" ? " class=\"failed\""
                                             : "";
  const std::string deviation =
      text.deviation.empty()
          ? ""
          : fmt::format(" <span class=\"deviation\">&plusmn; {}</span>", text.deviation);
  return fmt::format("<td{}><span>{}</span>{}{}</td>", kind, text.mean,
                     cell.is_significant ? "<sup>*</sup>" : "", deviation);
}

std::string html_heading(const Table& table) {
  std::string html = "<thead><tr>";
  for (const std::string& title : table.label_titles)
    html += fmt::format("<th class=\"label\">{}</th>", escape_html(title));
  if (table.has_counts) html += "<th>seeds</th>";
  for (const ColumnOptions& column : table.columns)
    html += fmt::format("<th>{}</th>", escape_html(column.title));
  return html + "</tr></thead>\n";
}

std::string row_html(const Table& table, const TableRow& row) {
  std::string html = row.is_baseline ? "<tr class=\"baseline\">" : "<tr>";
  const std::string note =
      row.note.empty() ? "" : fmt::format(" <sup>{}</sup>", escape_html(row.note));
  if (row.is_baseline) {
    html += fmt::format("<td class=\"label\" colspan=\"{}\">{}{}</td>", row.labels.size(),
                        escape_html(row.labels[0]), note);
  } else {
    for (const std::string& label : row.labels)
      html += fmt::format("<td class=\"label\">{}</td>", escape_html(label));
  }
  if (table.has_counts) html += fmt::format("<td>{}</td>", count_text(row));
  for (size_t c = 0; c < row.cells.size(); ++c) html += number_cell(table, row, c);
  return html + "</tr>\n";
}

}  // namespace

std::string to_html(const Table& table) {
  std::string html = fmt::format("<table>\n<caption>{}", escape_html(full_caption(table)));
  for (const auto& [mark, note] : table.notes)
    html += fmt::format("<span class=\"note\"><sup>{}</sup> {}</span>", escape_html(mark),
                        escape_html(note));
  html += "</caption>\n" + html_heading(table) + "<tbody>\n";
  for (const TableRow& row : table.rows) {
    if (row.starts_group) html += "</tbody>\n<tbody>\n";
    html += row_html(table, row);
  }
  return html + "</tbody>\n</table>\n";
}

void write_table(const Table& table, const std::filesystem::path& folder, const std::string& stem) {
  write_file(folder / (stem + ".md"), to_markdown(table));
  write_file(folder / (stem + ".tex"), to_latex(table, stem));
  write_file(folder / (stem + ".csv"), to_csv(table));
  write_file(
      folder / (stem + ".html"),
      fmt::format(
          "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
          "content=\"width=device-width, "
          "initial-scale=1\">\n<title>{}</title>\n<style>{}</style>\n<body>\n"
          "<div class=\"scroll\">{}</div>\n</body>\n</html>\n",
          escape_html(table.caption), kReportStyle, to_html(table)));
}

}  // namespace twinset
