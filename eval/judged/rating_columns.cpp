#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "eval/judged/agreement.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

struct CsvRow {
  int64_t line = 1;  ///< where it begins
  std::vector<std::string> cells;
};

// RFC 4180: quoted cells may hold commas, line breaks and doubled quotes.
std::vector<CsvRow> parse_csv(const std::string& text, const std::string& file) {
  std::vector<CsvRow> rows;
  CsvRow row{.line = 1, .cells = {""}};
  bool is_quoted = false;
  int64_t line = 1;
  const auto end_row = [&] {
    if (row.cells.size() > 1 || !row.cells[0].empty()) rows.push_back(row);
    row = {.line = line, .cells = {""}};
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    line += c == '\n';
    if (is_quoted) {
      if (c != '"') {
        row.cells.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        row.cells.back() += text[++i];
      } else {
        is_quoted = false;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == ',') {
      row.cells.emplace_back();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      row.cells.back() += c;
    }
  }
  if (is_quoted)
    throw DataError({.where = fmt::format("{}:{}", file, row.line),
                     .what = "a quoted cell never ends",
                     .expected = "a second '\"'"});
  end_row();
  return rows;
}

std::optional<double> number_of(const std::string& text, const std::string& where) {
  if (text.empty()) return std::nullopt;
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && rest == text.data() + text.size()) return value;
  throw DataError({.where = where,
                   .what = fmt::format("the rating is '{}'", text),
                   .expected = "a number, or nothing"});
}

}  // namespace

RatingTable read_rating_columns(const std::string& file, const std::vector<std::string>& columns) {
  const std::vector<CsvRow> rows = parse_csv(read_file(file), file);
  if (rows.size() < 2)
    throw DataError(
        {.where = file, .what = "holds no row", .expected = "a header and at least one item"});
  std::vector<size_t> positions;
  for (const std::string& column : columns) {
    const auto found = std::find(rows[0].cells.begin(), rows[0].cells.end(), column);
    if (found == rows[0].cells.end()) throw_unknown_name(file, "column", column, rows[0].cells);
    positions.push_back(static_cast<size_t>(found - rows[0].cells.begin()));
  }
  RatingTable ratings;
  for (size_t r = 1; r < rows.size(); ++r) {
    const std::string where = fmt::format("{}:{}", file, rows[r].line);
    if (rows[r].cells.size() != rows[0].cells.size()) {
      throw DataError({.where = where,
                       .what = fmt::format("has {} cells", rows[r].cells.size()),
                       .expected = fmt::format("{}, as in the header", rows[0].cells.size())});
    }
    auto& item = ratings.emplace_back();
    for (const size_t position : positions)
      item.push_back(number_of(rows[r].cells[position], where));
  }
  return ratings;
}

}  // namespace twinset
