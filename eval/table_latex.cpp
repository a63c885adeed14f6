#include <fmt/format.h>

#include "eval/table.h"

namespace twinset {
namespace {

using Cells = std::vector<std::string>;

std::string escape_latex(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}':
        escaped += std::string("\\") + c;
        break;
      case '~':
        escaped += "\\textasciitilde{}";
        break;
      case '^':
        escaped += "\\textasciicircum{}";
        break;
      case '\\':
        escaped += "\\textbackslash{}";
        break;
      case '<':
        escaped += "\\textless{}";
        break;
      case '>':
        escaped += "\\textgreater{}";
        break;
      case '|':
        escaped += "\\textbar{}";
        break;
      case '[':
        escaped += "{[}";
        break;  // behind the \\ of the line before it would begin that command's argument
      case '\n':
        escaped += ' ';
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

Cells latex_heading(const Table& table) {
  Cells cells;
  for (const std::string& title : table.label_titles) cells.push_back(escape_latex(title));
  if (table.has_counts) cells.emplace_back("seeds");
  for (const ColumnOptions& column : table.columns) cells.push_back(escape_latex(column.title));
  return cells;
}

std::string latex_number(const TableRow& row, size_t c, const ColumnOptions& column) {
  const CellText text = cell_text(row, c, column);
  const TableCell& cell = row.cells[c];
  std::string mean = cell.is_best     ? fmt::format("\\textbf{{{}}}", text.mean)
                     : cell.is_second ? fmt::format("\\underline{{{}}}", text.mean)
                                      : text.mean;
  if (cell.is_significant) mean += "$^{*}$";
  return text.deviation.empty() ? mean
                                : fmt::format("{} {{\\scriptsize$\\pm${}}}", mean, text.deviation);
}

Cells latex_row_cells(const Table& table, const TableRow& row) {
  Cells cells;
  for (const std::string& label : row.labels) cells.push_back(escape_latex(label));
  if (!row.note.empty()) cells[0] += fmt::format(" {{\\scriptsize {}}}", escape_latex(row.note));
  if (table.has_counts) cells.push_back(count_text(row));
  for (size_t c = 0; c < row.cells.size(); ++c)
    cells.push_back(latex_number(row, c, table.columns[c]));
  return cells;
}

}  // namespace

std::string to_latex(const Table& table, const std::string& label) {
  const size_t num_labels = table.label_titles.size(),
               num_numbers = table.columns.size() + (table.has_counts ? 1 : 0);
  std::string text =
      "% needs \\usepackage{booktabs}\n\\begin{table}[t]\n  \\centering\n  \\small\n  "
      "\\setlength{\\tabcolsep}{4pt}\n";
  text += fmt::format("  \\caption{{{}}}\n  \\label{{tab:{}}}\n", escape_latex(full_caption(table)),
                      label);
  text += fmt::format("  \\begin{{tabular}}{{{}{}}}\n    \\toprule\n", std::string(num_labels, 'l'),
                      std::string(num_numbers, 'r'));
  text += fmt::format("    {} \\\\\n    \\midrule\n", fmt::join(latex_heading(table), " & "));
  for (const TableRow& row : table.rows) {
    if (row.starts_group) text += "    \\midrule\n";
    text += fmt::format("    {} \\\\\n", fmt::join(latex_row_cells(table, row), " & "));
  }
  text += "    \\bottomrule\n  \\end{tabular}\n";
  for (const auto& [mark, note] : table.notes) {
    text += fmt::format("  \\par{{\\footnotesize {} {}}}\n",
                        mark == "*" ? "$^{*}$" : escape_latex(mark), escape_latex(note));
  }
  return text + "\\end{table}\n";
}

}  // namespace twinset
