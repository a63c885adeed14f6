#include <fmt/format.h>

#include "eval/table.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

// The table's own keys; lists of maps are read one by one.
struct OuterOptions {
  std::string split = "test", caption;
  Node columns, significance, literature;
  RowOptions rows;
  template <class V>
  void visit(V&& v) {
    v("split", split, Field{.help = "the split whose metrics are shown"});
    v("caption", caption, Field{.help = "choices that all runs share are added to it"});
    v("columns", columns, Field{.help = "the columns, in order"});
    v("rows", rows, Field{.help = "how rows are arranged and called"});
    v("significance", significance, Field{.help = "which row the others are compared with"});
    v("literature", literature, Field{.help = "published rows, each with its source"});
  }
};

struct LiteratureOptions {
  std::string name, source;
  bool is_verified = false;
  Node metrics;
  template <class V>
  void visit(V&& v) {
    v("name", name, Field{.help = "as the table shows it"});
    v("source", source, Field{.help = "where the numbers were published"});
    v("is_verified", is_verified, Field{.help = "somebody compared the numbers with the source"});
    v("metrics", metrics, Field{.help = "by the columns' metrics, in their units"});
  }
};

void require_map(const Node& node, const std::string& path, const std::string& expected) {
  if (node.is_null() || node.is_map()) return;
  throw ConfigError(
      {.where = node.where(path), .what = "is " + node.describe(), .expected = expected});
}

ColumnOptions read_column(const Node& item, const std::string& path) {
  auto column = read_options<ColumnOptions>(item, path);
  if (column.metric.empty())
    throw ConfigError(
        {.where = item.where(path), .what = "has no metric", .expected = "the name of one"});
  if (column.title.empty()) column.title = column.metric;
  return column;
}

BaselineResult read_literature(const Node& item, const std::string& path) {
  const auto read = read_options<LiteratureOptions>(item, path);
  if (read.name.empty() || read.source.empty() || !read.metrics.is_map()) {
    throw ConfigError({.where = item.where(path),
                       .what = "lacks a name, a source or metrics",
                       .expected = "all three: a number without its source is not printed"});
  }
  BaselineResult row{
      .name = read.name, .source = read.source, .metrics = {}, .is_verified = read.is_verified};
  for (const auto& [metric, value] : read.metrics.as_map()) {
    if (!value.is_float() && !value.is_int()) {
      throw ConfigError({.where = value.where(path + ".metrics." + metric),
                         .what = "is " + value.describe(),
                         .expected = "a number"});
    }
    row.metrics.emplace_back(
        metric, value.is_int() ? static_cast<double>(value.as_int()) : value.as_float());
  }
  return row;
}

const Node::List& list_at(const Node& node, const std::string& path) {
  static const Node::List kNone;
  if (node.is_null()) return kNone;
  if (node.is_list()) return node.as_list();
  throw ConfigError(
      {.where = node.where(path), .what = "is " + node.describe(), .expected = "a list"});
}

}  // namespace

TableOptions read_table_options(const Node& node) {
  const auto outer = read_options<OuterOptions>(node, "table", {"name"});
  TableOptions options{.split = outer.split,
                       .caption = outer.caption,
                       .columns = {},
                       .rows = outer.rows,
                       .significance = {},
                       .literature = {}};
  require_map(outer.rows.names, "table.rows.names", "a map of names to what is printed");
  if (!outer.columns.is_list() || outer.columns.as_list().empty()) {
    throw ConfigError({.where = node.where("table.columns"),
                       .what = "is " + outer.columns.describe(),
                       .expected = "a list with at least one column"});
  }
  for (size_t i = 0; i < outer.columns.as_list().size(); ++i)
    options.columns.push_back(
        read_column(outer.columns.as_list()[i], fmt::format("table.columns[{}]", i)));
  const Node::List& literature = list_at(outer.literature, "table.literature");
  for (size_t i = 0; i < literature.size(); ++i)
    options.literature.push_back(
        read_literature(literature[i], fmt::format("table.literature[{}]", i)));
  if (!outer.significance.is_null()) {
    options.significance =
        read_options<SignificanceOptions>(outer.significance, "table.significance");
    require_map(options.significance->reference, "table.significance.reference",
                "choices of one row");
    if (options.significance->reference.is_null() ||
        options.significance->reference.as_map().empty()) {
      throw ConfigError({.where = outer.significance.where("table.significance.reference"),
                         .what = "is empty",
                         .expected = "choices of one row, such as {loss: info_nce}"});
    }
  }
  return options;
}

}  // namespace twinset
