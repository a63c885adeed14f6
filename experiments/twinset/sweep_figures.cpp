#include "experiments/twinset/sweep_figures.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/baselines/baselines.h"
#include "eval/figures/run_figures.h"
#include "eval/tuple_scores.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

constexpr int64_t kRecallCut = 30, kShown = 10;
constexpr int64_t kMaxPoints = 2000;
constexpr size_t kMaxValues = 8;

Figure recall_figure(const EvaluatedRun& run, const std::string& run_name,
                     const std::string& split) {
  const EvaluationTruth truth = run.truth();
  const Dataset& products = *run.data.split(split).dataset;
  Figure figure{.kind = FigureKind::kLines,
                .stem = "recall",
                .title = "Product to attribute",
                .x_label = "K",
                .y_label = "recall@K"};
  figure.series.push_back(recall_series(run_name, *run.scores, truth, kRecallCut));
  if (run.embedded.labels.num_rows() != products.size())
    return figure;  // broken samples: rows of the baselines would not fit
  figure.series.push_back(recall_series("title keywords + prior",
                                        *make_title_keywords(run.data.vocabulary, products), truth,
                                        kRecallCut));
  figure.series.push_back(recall_series("frequency prior",
                                        *make_frequency_prior(run.data.vocabulary, products.size()),
                                        truth, kRecallCut));
  return figure;
}

struct AnsweredTuple {
  AttributeTuple tuple;
  std::vector<int64_t> products;
  std::vector<bool> is_hit;
  int64_t num_hits = 0;
};

std::vector<AnsweredTuple> answer_tuples(const EvaluatedRun& run) {
  WithinFamilyScores scores;
  scores.add(*run.scores, run.data.vocabulary, run.model.loss->inverse_temperature());
  std::vector<AnsweredTuple> answers;
  if (run.options.dataset.tuple_keys.empty()) return answers;
  for (const AttributeTuple& tuple :
       tuples(run.embedded.labels, run.data.vocabulary, run.options.dataset.tuple_keys,
              run.options.evaluation.min_products_per_tuple)) {
    AnsweredTuple& answer = answers.emplace_back(AnsweredTuple{
        .tuple = tuple, .products = scores.top_products(tuple.columns, kShown), .is_hit = {}});
    for (const int64_t product : answer.products) {
      const auto labels = run.embedded.labels.row(product);
      const bool is_hit = std::all_of(
          tuple.columns.begin(), tuple.columns.end(),
          [&](int64_t column) { return std::binary_search(labels.begin(), labels.end(), column); });
      answer.is_hit.push_back(is_hit);
      answer.num_hits += is_hit;
    }
  }
  std::stable_sort(answers.begin(), answers.end(),
                   [](const auto& a, const auto& b) { return a.num_hits > b.num_hits; });
  return answers;
}

// The best, two in the middle, and the worst answers.
ImageGrid retrieval_grid(const EvaluatedRun& run, const std::string& split) {
  const std::vector<AnsweredTuple> answers = answer_tuples(run);
  const Dataset& products = *run.data.split(split).dataset;
  ImageGrid grid{.stem = "retrieval", .title = "", .rows = {}};
  std::vector<size_t> chosen;
  for (const size_t place : {size_t{0}, size_t{1}, answers.size() / 2, answers.size() / 2 + 1,
                             answers.size() - 2, answers.size() - 1}) {
    if (place < answers.size() && std::find(chosen.begin(), chosen.end(), place) == chosen.end())
      chosen.push_back(place);
  }
  for (const size_t place : chosen) {
    const AnsweredTuple& answer = answers[place];
    GridRow& row = grid.rows.emplace_back();
    row.title =
        fmt::format("{}: {} of {}, there are {}", tuple_phrase(answer.tuple, run.data.vocabulary),
                    answer.num_hits, answer.products.size(), answer.tuple.num_products);
    for (size_t i = 0; i < answer.products.size(); ++i) {
      const int64_t sample = run.embedded.samples[static_cast<size_t>(answer.products[i])];
      row.cells.push_back(
          {.image_bytes = products.image_bytes(sample),
           .caption = "",
           .verdict = answer.is_hit[i] ? GridCell::Verdict::kHit : GridCell::Verdict::kMiss});
    }
  }
  return grid;
}

}  // namespace

std::vector<ReportFigure> draw_sweep_figures(const Table& table, const std::vector<RunResult>& runs,
                                             const EvaluatedRun& run, const std::string& run_name,
                                             const std::string& split,
                                             const std::filesystem::path& folder) {
  std::vector<ReportFigure> shown;
  if (!has_gnuplot()) {
    log_warning("no figures were drawn: there is no gnuplot on PATH (Debian, Ubuntu: gnuplot-nox)");
    return shown;
  }
  const auto draw = [&](const Figure& figure, const std::string& caption) {
    draw_figure(figure, folder);
    shown.push_back({caption, read_file(folder / (figure.stem + ".svg"))});
  };
  const std::string map = "product_to_attribute.map";
  const bool has_map =
      std::any_of(table.columns.begin(), table.columns.end(),
                  [&](const ColumnOptions& column) { return column.metric == map; });
  draw(ablation_figure(table, has_map ? map : table.columns[0].metric),
       "Mean over seeds; the whisker is the standard deviation over seeds.");
  draw(recall_figure(run, run_name, split),
       "Share of a product's attributes among the first K, mean over products.");
  const std::string family = run.options.dataset.tuple_keys.empty()
                                 ? run.data.vocabulary.families()[0]
                                 : run.options.dataset.tuple_keys[0];
  draw(embedding_figure(run.embedded.embeddings, run.truth(), family, kMaxValues, kMaxPoints),
       fmt::format("Product embeddings of {}; the {} most frequent values of {}.", run_name,
                   kMaxValues, family));
  if (const ImageGrid grid = retrieval_grid(run, split); !grid.rows.empty()) {
    draw_image_grid(grid, folder);
    shown.push_back({fmt::format("What {} finds for combinations of attributes: the two best, two "
                                 "in the middle, the two worst. Green and "
                                 "ticked: the product has all of them.",
                                 run_name),
                     read_file(folder / (grid.stem + ".svg"))});
  }
  // The report draws its own training curves; a paper takes these.
  const Report defaults;
  for (const ReportCurve& curve : defaults.curves) {
    const Figure figure = training_figure(runs, table, curve.metric, curve.title);
    if (!figure.series.empty()) draw_figure(figure, folder);
  }
  return shown;
}

}  // namespace twinset
