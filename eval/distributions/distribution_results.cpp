#include "eval/distributions/distribution_results.h"

#include <fmt/format.h>

#include <cmath>

namespace twinset {
namespace {

struct Number {
  std::string title;
  int digits;
  double value;
};

std::vector<Number> numbers_of(const FrequencyDistribution& d) {
  std::vector<Number> numbers = {{"products", 0, static_cast<double>(d.num_products)},
                                 {"distinct", 0, static_cast<double>(d.num_attributes)},
                                 {"a product", 2, d.mean_a_product},
                                 {"median", 1, d.median_a_product},
                                 {"coverage", 3, d.coverage}};
  for (const auto& [threshold, share] : d.share_under)
    numbers.push_back({fmt::format("under {}", threshold), 3, share});
  numbers.push_back({"Gini", 3, d.gini});
  numbers.push_back({"entropy", 2, d.entropy_bits});
  numbers.push_back({"evenness", 3, d.evenness});
  numbers.push_back({"effective", 0, d.effective_size});
  return numbers;
}

}  // namespace

Table distribution_table(const std::vector<NamedDistribution>& sets) {
  Table table{.caption =
                  "Attributes over products: distinct attributes, attributes a product, share of "
                  "products with any, share of "
                  "attributes on fewer than n products, inequality of their frequencies (entropy "
                  "in bits, effective = 2^entropy)"};
  table.label_titles = {"attributes"};
  table.has_counts = false;
  for (const NamedDistribution& set : sets) {
    TableRow row;
    row.labels = {set.name};
    row.num_runs = 1;
    const bool is_first = table.columns.empty();
    for (const Number& number : numbers_of(set.distribution)) {
      if (is_first)
        table.columns.push_back(
            {.metric = number.title, .title = number.title, .digits = number.digits});
      row.cells.push_back({.mean = number.value});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Figure rank_frequency_figure(const std::vector<NamedDistribution>& sets) {
  Figure figure{.stem = "rank_frequency",
                .title = "How often attributes occur",
                .x_label = "rank of the attribute",
                .y_label = "products",
                .has_log_x = true,
                .has_log_y = true};
  for (const NamedDistribution& set : sets) {
    FigureSeries& series = figure.series.emplace_back(FigureSeries{set.name, {}});
    const auto& counts = set.distribution.counts_by_rank;
    // On a logarithmic axis, a point for every hundredth of the rank is a smooth curve.
    for (size_t i = 0; i < counts.size();
         i = std::max(i + 1, static_cast<size_t>(std::llround(1.01 * static_cast<double>(i))))) {
      series.points.push_back(
          {.x = static_cast<double>(i + 1), .y = static_cast<double>(counts[i])});
    }
    if (!counts.empty())
      series.points.push_back(
          {.x = static_cast<double>(counts.size()), .y = static_cast<double>(counts.back())});
  }
  return figure;
}

Figure attributes_a_product_figure(const std::vector<NamedDistribution>& sets) {
  Figure figure{.stem = "attributes_a_product",
                .title = "How many attributes a product has",
                .x_label = "attributes",
                .y_label = "share of products"};
  for (const NamedDistribution& set : sets) {
    FigureSeries& series = figure.series.emplace_back(FigureSeries{set.name, {}});
    const auto& products = set.distribution.products_by_num_attributes;
    for (size_t k = 0; k < products.size(); ++k) {
      series.points.push_back({.x = static_cast<double>(k),
                               .y = static_cast<double>(products[k]) /
                                    static_cast<double>(set.distribution.num_products)});
    }
  }
  return figure;
}

}  // namespace twinset
