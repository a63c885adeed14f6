#include <fmt/format.h>

#include <algorithm>

#include "eval/table.h"
#include "framework/core/atomic_file.h"

namespace twinset {
namespace {

constexpr const char* kPlusMinus = "\u00b1";

using Cells = std::vector<std::string>;

// Characters, not bytes: every byte that does not continue a UTF-8 sequence starts one.
size_t width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string escape_markdown(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '*' || c == '`' || c == '<') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

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
      case '}': escaped += std::string("\\") + c; break;
      case '~': escaped += "\\textasciitilde{}"; break;
      case '^': escaped += "\\textasciicircum{}"; break;
      case '\\': escaped += "\\textbackslash{}"; break;
      case '<': escaped += "\\textless{}"; break;
      case '>': escaped += "\\textgreater{}"; break;
      case '|': escaped += "\\textbar{}"; break;
      case '\n': escaped += ' '; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string escape_csv(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string escaped = "\"";
  for (const char c : text) escaped += c == '"' ? std::string("\"\"") : std::string(1, c);
  return escaped + '"';
}

template <class Escape>
Cells heading(const Table& table, const Escape& escape) {
  Cells cells;
  for (const std::string& title : table.label_titles) cells.push_back(escape(title));
  cells.push_back("seeds");
  for (const ColumnOptions& column : table.columns) cells.push_back(escape(column.title));
  return cells;
}

Cells markdown_row(const Table& table, const TableRow& row) {
  Cells cells;
  for (const std::string& label : row.labels) cells.push_back(escape_markdown(label));
  cells.push_back(count_text(row));
  for (size_t c = 0; c < row.cells.size(); ++c) {
    const CellText text = cell_text(row, c, table.columns[c]);
    const std::string mean = row.cells[c].is_best ? fmt::format("**{}**", text.mean) : text.mean;
    cells.push_back(text.deviation.empty() ? mean : fmt::format("{} {} {}", mean, kPlusMinus, text.deviation));
  }
  return cells;
}

Cells latex_row(const Table& table, const TableRow& row) {
  Cells cells;
  for (const std::string& label : row.labels) cells.push_back(escape_latex(label));
  cells.push_back(count_text(row));
  for (size_t c = 0; c < row.cells.size(); ++c) {
    const CellText text = cell_text(row, c, table.columns[c]);
    const std::string mean = row.cells[c].is_best ? fmt::format("\\textbf{{{}}}", text.mean) : text.mean;
    cells.push_back(text.deviation.empty() ? mean : fmt::format("{} {{\\scriptsize$\\pm${}}}", mean, text.deviation));
  }
  return cells;
}

std::string number_text(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; }

}  // namespace

std::string to_markdown(const Table& table) {
  std::vector<Cells> lines = {heading(table, escape_markdown)};
  for (const TableRow& row : table.rows) lines.push_back(markdown_row(table, row));
  std::vector<size_t> widths(lines[0].size(), 3);
  for (const Cells& cells : lines) {
    for (size_t c = 0; c < cells.size(); ++c) widths[c] = std::max(widths[c], width(cells[c]));
  }
  const size_t num_labels = table.label_titles.size();
  std::string text = full_caption(table).empty() ? "" : escape_markdown(full_caption(table)) + "\n\n";
  for (size_t i = 0; i < lines.size(); ++i) {
    for (size_t c = 0; c < lines[i].size(); ++c) {
      const std::string padding(widths[c] - width(lines[i][c]), ' ');
      text +=
          c < num_labels ? fmt::format("| {}{} ", lines[i][c], padding) : fmt::format("| {}{} ", padding, lines[i][c]);
    }
    text += "|\n";
    if (i > 0) continue;
    for (size_t c = 0; c < widths.size(); ++c) {
      const std::string dashes(widths[c] + (c < num_labels ? 2 : 1), '-');
      text += c < num_labels ? "|" + dashes : "|" + dashes + ":";
    }
    text += "|\n";
  }
  return text;
}

std::string to_latex(const Table& table, const std::string& label) {
  const size_t num_labels = table.label_titles.size();
  std::string text =
      "% needs \\usepackage{booktabs}\n\\begin{table}[t]\n  \\centering\n  \\small\n  \\setlength{\\tabcolsep}{4pt}\n";
  text += fmt::format("  \\caption{{{}}}\n  \\label{{tab:{}}}\n", escape_latex(full_caption(table)), label);
  text += fmt::format("  \\begin{{tabular}}{{{}{}}}\n    \\toprule\n", std::string(num_labels, 'l'),
                      std::string(table.columns.size() + 1, 'r'));
  text += fmt::format("    {} \\\\\n    \\midrule\n", fmt::join(heading(table, escape_latex), " & "));
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const bool is_first_model = i > 0 && !table.rows[i].is_baseline && table.rows[i - 1].is_baseline;
    if (is_first_model) text += "    \\midrule\n";
    text += fmt::format("    {} \\\\\n", fmt::join(latex_row(table, table.rows[i]), " & "));
  }
  return text + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

std::string to_csv(const Table& table) {
  Cells cells = {"kind"};
  for (const std::string& title : table.label_titles) cells.push_back(escape_csv(title));
  cells.insert(cells.end(), {"n", "failed"});
  for (const ColumnOptions& column : table.columns) {
    cells.push_back(escape_csv(column.metric + " mean"));
    cells.push_back(escape_csv(column.metric + " std"));
  }
  std::string text = fmt::format("{}\n", fmt::join(cells, ","));
  for (const TableRow& row : table.rows) {
    cells = {row.is_baseline ? "baseline" : "model"};
    for (const std::string& label : row.labels) cells.push_back(escape_csv(label));
    cells.push_back(row.is_baseline ? "" : fmt::format("{}", row.num_runs));
    cells.push_back(row.is_baseline ? "" : fmt::format("{}", row.num_failed));
    for (const TableCell& cell : row.cells) {
      cells.push_back(number_text(cell.mean));
      cells.push_back(number_text(cell.deviation));
    }
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

void write_table(const Table& table, const std::filesystem::path& folder, const std::string& stem) {
  write_file(folder / (stem + ".md"), to_markdown(table));
  write_file(folder / (stem + ".tex"), to_latex(table, stem));
  write_file(folder / (stem + ".csv"), to_csv(table));
}

}  // namespace twinset
