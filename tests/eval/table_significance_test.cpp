#include "eval/table_significance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/statistics/query_values.h"
#include "framework/config/yaml.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class TableSignificance : public ::testing::Test {
 protected:
  // 40 queries; `shift` is added to all, `noise` to every other one and taken from the rest.
  RunResult run(const std::string& encoder, const std::string& loss, const std::string& seed,
                double shift, double noise, bool keeps = true) {
    RunResult result{.folder = folder_.path() / (encoder + loss + seed),
                     .name = loss,
                     .choices = {{"encoder", encoder}, {"loss", loss}, {"seed", seed}},
                     .splits = {{"test", {{"map", 0.5 + shift}}}},
                     .train = {},
                     .failure = ""};
    QueryValues values{.metric = "map", .queries = {}, .values = {}};
    for (int q = 0; q < 40; ++q) {
      values.queries.push_back(std::to_string(q));
      values.values.push_back(0.01 * q + shift + (q % 2 == 0 ? noise : -noise));
    }
    std::filesystem::create_directories(result.folder);
    if (keeps) write_query_values(query_values_file(result.folder, "test"), {values});
    return result;
  }
  TableOptions options(const std::string& reference) {
    return read_table_options(load_yaml(
        "columns: [{metric: map}]\nsignificance: {reference: " + reference + "}\n", "t.yaml"));
  }
  Table marked(const std::vector<RunResult>& runs, const std::string& reference) {
    Table table = make_table(runs, {{"prior", "", {{"map", 0.1}}}}, options(reference));
    mark_significance(table, runs, options(reference));
    return table;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(TableSignificance, MarksRowsThatDifferFromTheRowThatIsOtherwiseTheSame) {
  const std::vector<RunResult> runs = {
      run("vit", "a", "1", 0, 0),      run("vit", "a", "2", 0, 0.02),
      run("vit", "b", "1", 0.1, 0.01), run("vit", "c", "1", 0, 0.05),
      run("res", "a", "1", 0.1, 0),    run("res", "b", "1", 0.1, 0.03)};
  const Table table = marked(runs, "{loss: a}");
  const auto is_marked = [&](size_t row) { return table.rows[row].cells[0].is_significant; };
  EXPECT_FALSE(is_marked(0)) << "a baseline";
  EXPECT_FALSE(is_marked(1)) << "the reference itself";
  EXPECT_TRUE(is_marked(2)) << "higher at every query";
  EXPECT_FALSE(is_marked(3)) << "as often lower as higher";
  EXPECT_FALSE(is_marked(5)) << "res, b is compared with res, a, not with vit, a";
  EXPECT_THAT(table.notes.back().second, AllOf(HasSubstr("loss = a"), HasSubstr("3 comparisons"),
                                               HasSubstr("no difference was found")));
  EXPECT_THAT(to_latex(table, "t"), HasSubstr("$^{*}$"));
  EXPECT_THAT(to_html(table), HasSubstr("<sup>*</sup>"));
}

TEST_F(TableSignificance, HolmCountsEveryComparison) {
  // One query of 6 exchanged pairs: p = 2/64 alone, above 0.05 with four comparisons.
  const auto six = [&](const std::string& loss, double shift) {
    RunResult result = run("vit", loss, "1", shift, 0);
    QueryValues values{.metric = "map", .queries = {"1", "2", "3", "4", "5", "6"}, .values = {}};
    for (int q = 0; q < 6; ++q) values.values.push_back(shift * (1 + 0.1 * q));
    write_query_values(query_values_file(result.folder, "test"), {values});
    return result;
  };
  EXPECT_TRUE(marked({six("a", 0), six("b", 0.1)}, "{loss: a}").rows[2].cells[0].is_significant);
  EXPECT_FALSE(
      marked({six("a", 0), six("b", 0.1), six("c", 0.2), six("d", 0.3), six("e", 0.4)}, "{loss: a}")
          .rows[2]
          .cells[0]
          .is_significant);
}

TEST_F(TableSignificance, SaysWhenNothingWasTested) {
  const Table table =
      marked({run("vit", "a", "1", 0, 0, false), run("vit", "b", "1", 0.1, 0, false)}, "{loss: a}");
  EXPECT_FALSE(table.rows[2].cells[0].is_significant);
  EXPECT_THAT(table.notes.back().second, HasSubstr("kept no values of single queries"));
}

TEST_F(TableSignificance, ReferencesMustExist) {
  const std::vector<RunResult> runs = {run("vit", "info_nce", "1", 0, 0),
                                       run("vit", "b", "1", 0.1, 0)};
  EXPECT_THAT([&] { marked(runs, "{los: b}"); }, ThrowsMessage<ConfigError>(HasSubstr("'loss'")));
  EXPECT_THAT([&] { marked(runs, "{loss: info_nc}"); },
              ThrowsMessage<ConfigError>(
                  AllOf(HasSubstr("table.significance.reference.loss"), HasSubstr("'info_nce'"))));
  EXPECT_THAT([&] { options("{}"); }, ThrowsMessage<ConfigError>(HasSubstr("choices of one row")));
}

}  // namespace
}  // namespace twinset
