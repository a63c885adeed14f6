#include "eval/table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>

#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

using ::testing::ThrowsMessage;

RunResult run(const std::string& loss, const std::string& seed, double map, double seconds) {
  return {.folder = "runs/" + loss + "_" + seed,
          .name = loss + " " + seed,
          .choices = {{"encoder", "resnet"}, {"loss", loss}, {"seed", seed}},
          .splits = {{"test", {{"product_to_attribute.map", map}}}},
          .train = {{"seconds", seconds}}};
}

std::vector<RunResult> four_runs() {
  return {run("sup_con", "1", 0.80, 100), run("sup_con", "2", 0.84, 120),
          run("info_nce", "1", 0.70, 90), run("info_nce", "2", 0.71, 91)};
}

TableOptions two_columns() {
  return {
      .caption = "Losses",
      .columns = {
          {.metric = "product_to_attribute.map", .title = "mAP"},
          {.metric = "train.seconds", .title = "train s", .digits = 0, .higher_is_better = false}}};
}

const std::vector<BaselineResult> kPrior = {
    {"frequency prior", "", {{"product_to_attribute.map", 0.551}}}};

class TableFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("twinset_table_{}", getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST(Table, NamesSeedsAloneAfterTheirFolder) {
  const std::vector<RunResult> runs = four_runs();
  EXPECT_EQ(make_table({runs[0], runs[1]}, {}, two_columns()).rows[0].labels,
            std::vector<std::string>{"runs"});
  EXPECT_EQ(make_table({runs[0]}, {}, two_columns()).rows[0].labels,
            std::vector<std::string>{"sup_con 1"});
}

TEST(Table, GroupsOverTheSeed) {
  const Table table = make_table(four_runs(), kPrior, two_columns());
  EXPECT_EQ(table.label_titles, std::vector<std::string>{"loss"});
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_TRUE(table.rows[0].is_baseline);
  EXPECT_EQ(table.rows[1].labels, std::vector<std::string>{"sup_con"});
  EXPECT_EQ(table.rows[1].num_runs, 2);
  EXPECT_NEAR(*table.rows[1].cells[0].mean, 0.82, 1e-12);
  EXPECT_NEAR(*table.rows[1].cells[0].deviation, std::sqrt(2 * 0.02 * 0.02 / 1), 1e-12);
  EXPECT_EQ(full_caption(table), "Losses (encoder = resnet)");
}

TEST(Table, OneRunHasNoDeviation) {
  const Table table = make_table({run("sup_con", "1", 0.8, 100)}, {}, two_columns());
  EXPECT_EQ(table.label_titles, std::vector<std::string>{"run"});
  EXPECT_EQ(table.rows[0].labels, std::vector<std::string>{"sup_con 1"});
  EXPECT_FALSE(table.rows[0].cells[0].deviation.has_value());
  EXPECT_EQ(cell_text(table.rows[0], 0, table.columns[0]).deviation, "");
}

TEST(Table, BestIsAmongModelsByDisplayedNumbersInTheColumnsDirection) {
  auto runs = four_runs();
  runs.push_back(run("sigmoid", "1", 0.82004, 200));
  auto baselines = kPrior;
  baselines[0].metrics[0].second = 0.99;
  const Table table = make_table(runs, baselines, two_columns());
  EXPECT_FALSE(table.rows[0].cells[0].is_best) << "a baseline is no model";
  EXPECT_TRUE(table.rows[1].cells[0].is_best);
  EXPECT_TRUE(table.rows[3].cells[0].is_best) << "0.82004 is displayed as 0.820 too";
  EXPECT_FALSE(table.rows[2].cells[0].is_best);
  EXPECT_TRUE(table.rows[2].cells[1].is_best) << "fewer seconds are better";
  EXPECT_FALSE(table.rows[1].cells[1].is_best);
}

TEST(Table, SecondBestIsMarkedAmongThreeValuesOrMore) {
  auto runs = four_runs();
  EXPECT_FALSE(make_table(runs, {}, two_columns()).rows[1].cells[0].is_second)
      << "of two, the second is the worst";
  runs.push_back(run("sigmoid", "1", 0.75, 50));
  const Table table = make_table(runs, kPrior, two_columns());
  EXPECT_TRUE(table.rows[1].cells[0].is_best);
  EXPECT_TRUE(table.rows[3].cells[0].is_second);
  EXPECT_FALSE(table.rows[2].cells[0].is_second);
  EXPECT_FALSE(table.rows[0].cells[0].is_second) << "a baseline is no model";
  EXPECT_THAT(to_markdown(table), HasSubstr("<u>0.750</u>"));
  EXPECT_THAT(to_latex(table, "t"), HasSubstr("\\underline{0.750}"));
  EXPECT_THAT(to_html(table), HasSubstr("<td class=\"second\"><span>0.750</span>"));
}

TEST(Table, LiteratureStandsFirstWithItsSource) {
  TableOptions options = read_table_options(load_yaml(R"(
columns: [{metric: product_to_attribute.map, title: mAP}]
literature:
  - {name: A & B, source: "Paper_1", metrics: {product_to_attribute.map: 0.5}}
  - {name: C, source: "Paper_1", is_verified: true, metrics: {product_to_attribute.map: 1}}
)",
                                                      "table.yaml"));
  const Table table = make_table(four_runs(), kPrior, options);
  EXPECT_EQ(first_label(table.rows[0]), "A & B [1]?") << "not checked unless the config says so";
  EXPECT_EQ(first_label(table.rows[1]), "C [1]");
  EXPECT_EQ(first_label(table.rows[2]), "frequency prior");
  EXPECT_THAT(to_markdown(table),
              HasSubstr("\n[1] Paper_1\n\n? as published, not compared with the source\n"));
  EXPECT_THAT(to_latex(table, "t"), HasSubstr("A \\& B {\\scriptsize {[}1]?} &"));
  EXPECT_THAT(to_latex(table, "t"), HasSubstr("\\par{\\footnotesize {[}1] Paper\\_1}"));
  EXPECT_THAT(to_html(table), HasSubstr("<sup>[1]</sup> Paper_1"));
  EXPECT_THAT(
      [] {
        read_table_options(load_yaml(
            "columns: [{metric: a}]\nliterature: [{name: A, metrics: {a: 1}}]\n", "t.yaml"));
      },
      ThrowsMessage<ConfigError>(AllOf(HasSubstr("t.yaml:2"), HasSubstr("not printed"))));
}

std::vector<std::string> second_labels(const Table& table) {
  std::vector<std::string> labels;
  for (const TableRow& row : table.rows)
    labels.push_back((row.starts_group ? "|" : "") + row.labels.back());
  return labels;
}

TEST(Table, RowsAreGroupedOrderedAndNamed) {
  std::vector<RunResult> runs;
  for (const char* encoder : {"vit", "resnet"}) {
    for (const char* loss : {"b", "a", "c"}) {
      runs.push_back(run(loss, "1", 0.5, 1));
      runs.back().choices[0].second = encoder;
      std::swap(runs.back().choices[0], runs.back().choices[1]);
    }
  }
  TableOptions options = two_columns();
  EXPECT_EQ(make_table(runs, {}, options).label_titles,
            (std::vector<std::string>{"loss", "encoder"}));
  options.rows = {.group_by = "encoder",
                  .order = {"a", "b"},
                  .names = load_yaml("{a: Loss A, loss: objective}", "t")};
  const Table table = make_table(runs, {}, options);
  EXPECT_EQ(table.label_keys, (std::vector<std::string>{"encoder", "loss"}));
  EXPECT_EQ(table.label_titles, (std::vector<std::string>{"encoder", "objective"}));
  EXPECT_EQ(second_labels(table),
            (std::vector<std::string>{"Loss A", "b", "c", "|Loss A", "b", "c"}));
  EXPECT_EQ(table.rows[0].labels[0], "vit") << "groups keep the order of the runs";
  options.rows.order = {"resnet"};
  EXPECT_EQ(make_table(runs, {}, options).rows[0].labels[0], "resnet");
  options.rows.group_by = "encode";
  EXPECT_THAT(
      [&] { make_table(runs, {}, options); },
      ThrowsMessage<ConfigError>(AllOf(HasSubstr("table.rows.group_by"), HasSubstr("'encoder'"))));
}

TEST_F(TableFiles, LatexCompilesWithBooktabs) {
  if (std::system("command -v pdflatex > /dev/null") != 0)
    GTEST_SKIP() << "no pdflatex (Debian: texlive-latex-recommended)";
  TableOptions options = two_columns();
  options.caption = "50% of A_b & {c} ~^\\ $1 #2 <x|y>";
  options.literature = {{.name = "[X] & Y",
                         .source = "A_1 #2",
                         .metrics = {{"product_to_attribute.map", 0.5}},
                         .is_verified = false}};
  auto runs = four_runs();
  runs.push_back(run("sig_moid", "1", 0.75, 50));
  Table table = make_table(runs, kPrior, options);
  table.rows.back().cells[0].is_significant = true;
  table.notes.emplace_back("*", "differs from info_nce (p < 0.05)");
  write_file(folder_ / "paper.tex",
             "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n" +
                 to_latex(table, "losses") + "\\end{document}\n");
  const std::string compile =
      "cd " + folder_.string() +
      " && pdflatex -interaction=batchmode -halt-on-error paper.tex > /dev/null 2>&1";
  EXPECT_EQ(std::system(compile.c_str()), 0) << read_file(folder_ / "paper.log");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "paper.pdf"));
}

TEST(Table, FailedRunsAreShown) {
  auto runs = four_runs();
  runs[1].failure = "killed";
  runs.push_back({.folder = "runs/x",
                  .choices = {{"encoder", "resnet"}, {"loss", "sigmoid"}, {"seed", "1"}},
                  .failure = "out of memory"});
  const Table table = make_table(runs, {}, two_columns());
  EXPECT_EQ(count_text(table.rows[0]), "1 of 2");
  EXPECT_NEAR(*table.rows[0].cells[0].mean, 0.80, 1e-12);
  EXPECT_EQ(count_text(table.rows[2]), "0 of 1");
  EXPECT_EQ(cell_text(table.rows[2], 0, table.columns[0]).mean, "failed");
}

TEST(Table, MarkdownIsAligned) {
  EXPECT_EQ(to_markdown(make_table(four_runs(), kPrior, two_columns())),
            "Losses (encoder = resnet)\n"
            "\n"
            "| loss            | seeds |               mAP |    train s |\n"
            "|-----------------|------:|------------------:|-----------:|\n"
            "| frequency prior |       |             0.551 |          - |\n"
            "| sup_con         |     2 | **0.820** \u00b1 0.028 |   110 \u00b1 14 |\n"
            "| info_nce        |     2 |     0.705 \u00b1 0.007 | **90** \u00b1 1 |\n");
}

TEST(Table, LatexIsEscapedAndInBooktabs) {
  TableOptions options = two_columns();
  options.caption = "50% of A_b & {c} ~^\\ $1 #2 <x|y>";
  const std::string latex = to_latex(make_table(four_runs(), kPrior, options), "losses");
  EXPECT_THAT(latex, HasSubstr("50\\% of A\\_b \\& \\{c\\} "
                               "\\textasciitilde{}\\textasciicircum{}\\textbackslash{} \\$1 \\#2 "
                               "\\textless{}x\\textbar{}y\\textgreater{}"));
  EXPECT_THAT(latex, HasSubstr("\\begin{tabular}{lrrr}"));
  EXPECT_THAT(latex, HasSubstr("frequency prior &  & 0.551 & - \\\\\n    \\midrule\n"));
  EXPECT_THAT(latex, HasSubstr("sup\\_con & 2 & \\textbf{0.820} {\\scriptsize$\\pm$0.028} &"));
  EXPECT_THAT(latex, HasSubstr("\\label{tab:losses}"));
}

TEST(Table, CsvHasFullPrecisionAndQuotes) {
  auto runs = four_runs();
  for (RunResult& result : runs) result.choices[1].second = "a,\"" + result.choices[1].second;
  const std::string csv = to_csv(make_table(runs, kPrior, two_columns()));
  EXPECT_THAT(csv,
              HasSubstr("kind,loss,n,failed,product_to_attribute.map mean,product_to_attribute.map "
                        "std,train.seconds mean,train.seconds std\n"));
  EXPECT_THAT(csv, HasSubstr("baseline,frequency prior,,,0.551,,,\n"));
  EXPECT_THAT(csv, HasSubstr("model,\"a,\"\"sup_con\",2,0,0.8200000000000001,0.02828427124746"));
}

TEST(Table, NamesTheNearestMetric) {
  TableOptions options = two_columns();
  options.columns[0].metric = "product_to_atribute.map";
  EXPECT_THAT(
      [&] { make_table(four_runs(), {}, options); },
      ThrowsMessage<ConfigError>(AllOf(HasSubstr("no run has the metric 'product_to_atribute.map'"),
                                       HasSubstr("did you mean 'product_to_attribute.map'?"))));
  options.columns[0].is_optional = true;
  EXPECT_EQ(make_table(four_runs(), {}, options).columns.size(), 1u);
  options.split = "vall";
  EXPECT_THAT(
      [&] { make_table(four_runs(), {}, {.split = "vall", .columns = two_columns().columns}); },
      ThrowsMessage<ConfigError>(HasSubstr("on the split 'vall'")));
}

TEST(Table, RefusesTwoRunsOfOneSeed) {
  auto runs = four_runs();
  runs.push_back(run("sup_con", "2", 0.1, 1));
  EXPECT_THAT(
      [&] { make_table(runs, {}, two_columns()); },
      ThrowsMessage<DataError>(HasSubstr("has the same choices and seed as runs/sup_con_2")));
}

TEST(Table, ConfigsOfTheRepositoryAreRead) {
  for (const auto& file : std::filesystem::directory_iterator("configs/table")) {
    const TableOptions options = read_table_options(load_yaml_file(file.path()));
    EXPECT_GE(options.columns.size(), 3u) << file.path();
  }
}

TEST(Table, ConfigErrorsNameThePlace) {
  EXPECT_THAT(
      [] {
        read_table_options(
            load_yaml("split: test\ncolumns:\n  - {metric: a, digit: 2}\n", "table.yaml"));
      },
      ThrowsMessage<ConfigError>(AllOf(HasSubstr("table.yaml:3"), HasSubstr("unknown key 'digit'"),
                                       HasSubstr("'digits'"))));
  EXPECT_THAT([] { read_table_options(load_yaml("columns: []\n", "table.yaml")); },
              ThrowsMessage<ConfigError>(HasSubstr("expected a list with at least one column")));
}

TEST_F(TableFiles, RunResultsReadBack) {
  RunResult written = run("sup_con", "1", 0.8, 100);
  written.folder = folder_;
  write_run_result(written);
  const RunResult result = read_run_results({folder_})[0];
  EXPECT_EQ(result.name, written.name);
  EXPECT_EQ(result.choices, written.choices);
  EXPECT_EQ(result.splits, written.splits);
  EXPECT_EQ(result.train, written.train);
  EXPECT_EQ(result.metric_names("test"),
            (std::vector<std::string>{"product_to_attribute.map", "train.seconds"}));
}

TEST_F(TableFiles, RunResultsAcceptNumbersAsChoicesAndNullAsAbsent) {
  write_file(
      folder_ / "result.json",
      R"({"choices": {"seed": 3, "masked": true}, "metrics": {"test": {"a": 1, "b": null}}})");
  const RunResult result = read_run_result(folder_);
  EXPECT_EQ(result.choice("seed"), "3");
  EXPECT_EQ(result.choice("masked"), "true");
  EXPECT_NE(result.find("test", "a"), nullptr);
  EXPECT_EQ(result.find("test", "b"), nullptr);
}

TEST_F(TableFiles, RunResultErrorsSayWhatIsWrong) {
  EXPECT_THAT([&] { read_run_results({}); },
              ThrowsMessage<ConfigError>(HasSubstr("the list of run folders is empty")));
  EXPECT_THAT([&] { read_run_result(folder_); },
              ThrowsMessage<DataError>(
                  AllOf(HasSubstr("has no result.json"), HasSubstr("let the run finish"))));
  write_file(folder_ / "result.json", "{\"metrics\": {\"test\": {\"a\"");
  EXPECT_THAT([&] { read_run_result(folder_); },
              ThrowsMessage<DataError>(HasSubstr("result.json: is no JSON")));
  write_file(folder_ / "result.json", R"({"metrics": {"test": {"a": "high"}}})");
  EXPECT_THAT([&] { read_run_result(folder_); },
              ThrowsMessage<DataError>(HasSubstr("'test.a' is string, expected a number")));
  write_file(folder_ / "result.json", "{}");
  EXPECT_THAT([&] { read_run_result(folder_); },
              ThrowsMessage<DataError>(HasSubstr("neither 'metrics' nor 'failure'")));
}

TEST_F(TableFiles, AllFormatsAreWritten) {
  write_table(make_table(four_runs(), kPrior, two_columns()), folder_ / "tables", "losses");
  for (const char* name : {"losses.md", "losses.tex", "losses.csv", "losses.html"}) {
    EXPECT_THAT(read_file(folder_ / "tables" / name), HasSubstr("sup")) << name;
  }
}

}  // namespace
}  // namespace twinset
