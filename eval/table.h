// From many runs to one table: rows are what was varied, cells are means over seeds.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "eval/baselines/baselines.h"
#include "eval/run_result.h"
#include "framework/core/options.h"

namespace twinset {

/// One column of numbers.
struct ColumnOptions {
  std::string metric;
  std::string title;
  int digits = 3;
  double scale = 1.0;
  bool higher_is_better = true;
  bool is_optional = false;

  template <class V>
  void visit(V&& v) {
    v("metric", metric,
      Field{.help = "a name that the evaluation reports, or train.seconds and the like"});
    v("title", title, Field{.help = "the column's heading; empty: the metric's name"});
    v("digits", digits, Field{.help = "after the decimal point", .min = 0, .max = 12});
    v("scale", scale, Field{.help = "factor for display, such as 100 for percent"});
    v("higher_is_better", higher_is_better, Field{.help = "which end is printed in bold"});
    v("is_optional", is_optional,
      Field{.help = "left out when no row has it, instead of an error"});
  }
};

/// How rows are arranged and called.
struct RowOptions {
  std::string group_by;
  std::vector<std::string> order;
  Node names;

  template <class V>
  void visit(V&& v) {
    v("group_by", group_by,
      Field{.help = "a choice that comes first; rows of one value stand together, with a rule "
                    "between groups"});
    v("order", order,
      Field{.help = "values of choices, such as [info_nce, sup_con]: rows that have them come in "
                    "this order"});
    v("names", names,
      Field{.help =
                "how choices and their values are printed: {sup_con: SupCon}; others as they are"});
  }
};

/// Which rows are compared with which, query by query.
struct SignificanceOptions {
  Node reference;
  double level = 0.05;

  template <class V>
  void visit(V&& v) {
    v("reference", reference,
      Field{.help = "choices of the row that the others are compared with: {loss: info_nce}"});
    v("level", level,
      Field{.help = "of a marked difference, after Holm's correction over the table",
            .max = 1,
            .above = 0});
  }
};

/// What a table shows: the group `table` of the configs.
struct TableOptions {
  std::string split = "test";
  std::string caption;
  std::vector<ColumnOptions> columns;
  RowOptions rows;
  std::optional<SignificanceOptions> significance;
  std::vector<BaselineResult> literature;  ///< published rows, each with its source
};

/// Reads {split, caption, columns: [...], rows, significance, literature: [{name, source,
/// is_verified, metrics}]}, strictly.
/// @throws ConfigError, also for no columns, and for a row of the literature without a source.
TableOptions read_table_options(const Node& node);

/// Mean and sample standard deviation over the runs of a row.
struct TableCell {
  std::optional<double> mean;       ///< none: no run of the row has it
  std::optional<double> deviation;  ///< none for a single run; n - 1 in the denominator
  bool is_best = false;             ///< equal, as displayed, to the best of the model rows
  bool is_second = false;  ///< equal, as displayed, to the best of the model rows that are not best
  bool is_significant = false;  ///< differs from the reference row (eval/table_significance.h)
};

struct TableRow {
  bool is_baseline = false;
  bool starts_group = false;  ///< a rule stands above it
  std::string note;           ///< mark of a footnote such as "[1]", behind the first label
  std::vector<std::string>
      labels;        ///< one for each of `label_titles`; a baseline's name comes first, then ""
  int num_runs = 0;  ///< runs that finished; 0 for baselines
  int num_failed = 0;
  std::vector<size_t> runs;  ///< which of the runs that make_table was given; empty for baselines
  std::vector<TableCell> cells;  ///< one for each column
};

struct Table {
  std::string caption;
  std::vector<std::pair<std::string, std::string>> constants;  ///< choices that all runs share
  std::vector<std::string> label_keys;    ///< choices that vary, the seed aside; empty if none does
  std::vector<std::string> label_titles;  ///< how they are printed; "run" if none varies
  std::vector<ColumnOptions> columns;
  std::vector<TableRow> rows;  ///< baselines, then models in the order of the runs
  bool has_counts = true;      ///< the column "seeds"
  std::vector<std::pair<std::string, std::string>> notes;  ///< footnotes: mark, text
};

/// Groups runs that differ in their seed alone. Rows and labels keep the order of the runs and of
/// their choices.
///
/// @throws ConfigError if there are no runs, or none of the rows has a column's metric (with the
/// nearest name)
/// @throws DataError   if two runs have the same choices, seed included: a deviation over them
///                     would say nothing.
Table make_table(const std::vector<RunResult>& runs, const std::vector<BaselineResult>& baselines,
                 const TableOptions& options);

/// A cell as people read it: "0.876", its deviation "0.003" or "", with the column's digits and
/// scale.
struct CellText {
  std::string mean;  ///< "-" if there is none, "failed" if all runs of the row failed
  std::string deviation;
};
CellText cell_text(const TableRow& row, size_t column, const ColumnOptions& options);
/// "2", "1 of 2" where runs failed, "" for baselines.
std::string count_text(const TableRow& row);
/// The caption with what all runs share: "Ablation (encoder = resnet, batch = 256)".
std::string full_caption(const Table& table);

/// The first label with its footnote's mark: "TIRG [1]".
std::string first_label(const TableRow& row);

std::string to_markdown(const Table& table);  ///< pipe table, aligned for reading as text
std::string to_latex(const Table& table,
                     const std::string& label);  ///< a booktabs table, everything escaped
std::string to_csv(const Table& table);          ///< full precision; mean, standard deviation and n
std::string to_html(
    const Table& table);  ///< a <table> with its notes, to be styled (eval/report_style.h)

/// Best in bold, second best underlined, "*" behind a significant difference. Writes
/// folder/stem.md, .tex, .csv and .html (a page of its own), each atomically.
void write_table(const Table& table, const std::filesystem::path& folder, const std::string& stem);

}  // namespace twinset
