#include "experiments/pinlanding/demand/demand_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "experiments/pinlanding/demand/search_log.h"
#include "experiments/pinlanding/pipeline.h"
#include "framework/config/compose.h"
#include "framework/core/atomic_file.h"
#include "tests/experiments/tiny_run.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;
using twinset::testing::message_of;
using Json = nlohmann::ordered_json;

class Demand : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    write_file(folder_.path() / name, text);
    return (folder_.path() / name).string();
  }
  void run(std::vector<std::string> overrides) {
    overrides.push_back("dataset.reader.folder=" + twinset::testing::tiny_wardrobe().string());
    overrides.push_back("dataset.reader.num_products=260");
    overrides.push_back("dataset.reader.test_fraction=0.2");
    overrides.push_back("dataset.reader.val_fraction=0.2");
    const Node config = compose({.config_dir = "configs",
                                 .config_name = "pinlanding",
                                 .overrides = overrides,
                                 .resolve = true})
                            .config;
    run_pipeline({demand_stage()}, {folder_.path() / "p", config, builtin_plugins()});
  }
  std::string out(const std::string& name) const {
    return read_file(folder_.path() / "p/demand" / name);
  }
  /// "query searches band family:value clicks" of each line.
  std::string intents() const {
    std::string text;
    std::istringstream lines(out("intents.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const Json json = Json::parse(line);
      int64_t clicks = 0;
      for (const auto& [id, count] : json.at("clicks").items()) clicks += count.get<int64_t>();
      text += fmt::format("{} {} {}", json.at("query").get<std::string>(),
                          json.at("searches").get<int64_t>(), json.at("band").get<std::string>());
      for (const auto& [family, values] : json.at("attributes").items())
        for (const auto& value : values) text += " " + family + ":" + value.get<std::string>();
      text += fmt::format(" {}\n", clicks);
    }
    return text;
  }
  std::string error_of(const std::vector<std::string>& overrides) {
    return message_of([&] { run(overrides); });
  }

  twinset::testing::TemporaryFolder folder_;
};

TEST_F(Demand, OfTheWardrobeKeepsItsSearchesAndAttributes) {
  run({});
  const Json summary = Json::parse(out("summary.json"));
  std::istringstream log(read_file(twinset::testing::tiny_wardrobe() / "search_log.jsonl"));
  int64_t searches = 0;
  for (std::string line; std::getline(log, line);)
    searches += Json::parse(line).at("searches").get<int64_t>();
  EXPECT_EQ(summary.at("searches").get<double>(), static_cast<double>(searches));
  EXPECT_NEAR(summary.at("bands").at("head").at("share").get<double>(), .5, .01);
  EXPECT_GT(summary.at("families").at("category").at("share").get<double>(), .9);
  EXPECT_THAT(out("report.md"), HasSubstr("| category | "));
}

TEST_F(Demand, SimulatesALogFromTheCataloguesFields) {
  const std::vector<std::string> simulated = {"search_log=simulated",
                                              "demand.log.num_searches=2000",
                                              "demand.log.fields={colour: 0.5, category: 0.9}",
                                              "+demand.log.families={colour: hue}",
                                              "demand.log.stray_click_share=0",
                                              "demand.normalise.plural=none"};
  run(simulated);
  std::map<std::string, std::set<std::string>> values_of;  // by product
  std::istringstream truth(read_file(twinset::testing::tiny_wardrobe() / "truth.jsonl"));
  for (std::string line; std::getline(truth, line);) {
    const Json json = Json::parse(line);
    for (const auto& [key, value] : json.at("attributes").items()) {
      if (value.is_string())
        values_of[json.at("id").get<std::string>()].insert(value.get<std::string>());
      else
        for (const auto& item : value)
          values_of[json.at("id").get<std::string>()].insert(item.get<std::string>());
    }
  }
  double searches = 0, with_colour = 0, clicks = 0;
  std::istringstream lines(out("intents.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line);
    searches += json.at("searches").get<double>();
    if (json.at("attributes").contains("hue")) with_colour += json.at("searches").get<double>();
    for (const auto& [id, count] : json.at("clicks").items()) {
      clicks += count.get<double>();
      for (const auto& [family, values] : json.at("attributes").items()) {
        for (const auto& value : values)
          EXPECT_THAT(values_of.at(id), ::testing::Contains(value.get<std::string>())) << line;
      }
    }
  }
  EXPECT_NEAR(searches, 2000 * (1 - .5 * .1), 40);  // the others asked for nothing
  EXPECT_NEAR(with_colour / searches, .5 / .95, .04);
  EXPECT_GT(clicks, 500);
  const std::string once = out("intents.jsonl");
  run(simulated);
  EXPECT_EQ(out("intents.jsonl"), once);
}

TEST_F(Demand, SimulatesNothingFromWrongFields) {
  EXPECT_THAT(error_of({"search_log=simulated", "demand.log.fields={}"}),
              HasSubstr("demand.log.fields: is empty, expected a map such as"));
  EXPECT_THAT(error_of({"search_log=simulated", "demand.log.fields={colour: 2}"}),
              HasSubstr("a share above 0, up to 1"));
  EXPECT_THAT(error_of({"search_log=simulated", "demand.log.fields={color: 0.5}"}),
              HasSubstr("did you mean 'colour'?"));
}

TEST_F(Demand, ReadsATableWithNamedColumns) {
  const std::string table =
      file("log.tsv", "when\tterm\tn\thit\r\n1\tBlack dress\t3\t42\r\n2\tblack dresses\t1\t\r\n");
  run({"search_log=table", "demand.log.files=[" + table + "]", "demand.log.query_column=term",
       "demand.log.searches_column=n", "demand.log.clicked_column=hit"});
  EXPECT_EQ(intents(), "black dress 4 head 1\n");
}

TEST_F(Demand, ReadsJsonLinesWithNamedFields) {
  const std::string lines = file(
      "log.jsonl",
      R"({"event": {"q": "Black dress", "found": ["1", "2"]}, "clicked": ["1", "1"], "asks": {"colour": "black"}})"
      "\n"
      R"({"event": {"q": "black shoes"}, "clicked": 2})"
      "\n");
  run({"search_log=json_lines", "demand.log.files=[" + lines + "]",
       "demand.log.query_field=event.q", "demand.log.results_field=event.found",
       "demand.log.clicks_field=clicked", "demand.log.attributes_field=asks"});
  EXPECT_EQ(intents(), "black dress 1 head colour:black 2\nblack shoes 1 torso colour:black 2\n");
  EXPECT_THAT(out("intents.jsonl"), HasSubstr("\"results\":2"));
}

TEST_F(Demand, ReadsUbiQueriesAndEvents) {
  const std::string documents = file("ubi.ndjson",
                                     R"({"index": {"_index": "ubi_queries"}}
{"query_id": "a", "client_id": "c", "user_query": "dress", "timestamp": "2024-12-10T00:00:05.000Z", "query_response_hit_ids": ["1", "2"]}
{"query_id": "a", "action_name": "click", "client_id": "c", "message_type": "CLICK_THROUGH", "event_attributes": {"object": {"object_id": "1"}}}
{"query_id": "a", "action_name": "add_to_cart", "client_id": "c", "event_attributes": {"object": {"object_id": "1"}}}
{"query_id": "b", "action_name": "search", "client_id": "d", "message": "sho", "timestamp": "2024-12-10T00:00:05.100Z"}
{"query_id": "e", "action_name": "search", "client_id": "d", "message": "shoes", "timestamp": "2024-12-10T00:00:06.100Z"}
{"query_id": "f", "action_name": "on_search", "client_id": "d", "message": "shoes red", "timestamp": 1733788900000}
{"query_id": "g", "action_name": "page_exit", "client_id": "d"}
)");
  run({"search_log=ubi", "demand.log.files=[" + documents + "]"});
  EXPECT_EQ(intents(), "dress 1 head 1\nshoes 1 head 0\nshoes red 1 torso 0\n");
  EXPECT_THAT(out("intents.jsonl"), HasSubstr("\"results\":2"));
  run({"search_log=ubi", "demand.log.files=[" + documents + "]", "demand.log.typing_seconds=0"});
  EXPECT_THAT(intents(), HasSubstr("sho 1 "));
}

TEST_F(Demand, ReadsARealUbiExport) {
  const char* shared = std::getenv("TWINSET_SHARED");
  const std::filesystem::path path = std::filesystem::path(shared == nullptr ? "" : shared) /
                                     "data/esci_judgments/ubi_queries_events.ndjson";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "TWINSET_SHARED has no UBI export";
  run({"search_log=ubi", "demand.log.files=[" + path.string() + "]"});
  const Json summary = Json::parse(out("summary.json"));
  EXPECT_GT(summary.at("searches").get<double>(), 300);
  EXPECT_LT(summary.at("searches").get<double>(), 900);
  EXPECT_THAT(intents(), HasSubstr("laptop"));
}

TEST_F(Demand, AVocabularyNamesWhatWordsAskFor) {
  const std::string table = file("log.tsv", "query\nNavy gowns\n");
  const std::string words =
      file("words.tsv", "family\tphrase\tvalue\ncolour\tnavy\tnavy\ncategory\tgown\tdress\n");
  run({"search_log=table", "demand.log.files=[" + table + "]", "demand.attributes=vocabulary",
       "demand.vocabulary=" + words});
  EXPECT_EQ(intents(), "navy gowns 1 head colour:navy category:dress 0\n");
}

TEST_F(Demand, AutocompleteAndFiltersAreDemandToo) {
  const std::string table = file("log.tsv", "query\tn\nshoes\t4\n");
  const std::string taken = file("taken.tsv", "query\tcount\nboots\t6\n");
  const std::string filters =
      file("filters.tsv", "family\tvalue\tcount\tquery\ncolour\tred\t2\tshoes\nfit\tslim\t1\t\n");
  run({"search_log=table", "demand.log.files=[" + table + "]", "demand.log.searches_column=n",
       "demand.autocomplete=" + taken, "demand.autocomplete_weight=0.5",
       "demand.filters=" + filters});
  EXPECT_EQ(intents(),
            "shoes 4 head 0\nboots 3 head 0\nred shoes 2 torso colour:red 0\nslim 1 tail "
            "fit:slim 0\n");
}

TEST_F(Demand, BadInputIsOneClearError) {
  const auto table = [&](const std::string& text) {
    return error_of({"search_log=table", "demand.log.files=[" + file("log.tsv", text) + "]",
                     "demand.log.searches_column=n"});
  };
  EXPECT_THAT(table(""), HasSubstr("log.tsv: is empty, expected a header"));
  EXPECT_THAT(table("query\tn\n"), HasSubstr("log.tsv: holds no search, expected at least one"));
  EXPECT_THAT(table("qery\tn\n"), HasSubstr("log.tsv:1: unknown column 'query'"));
  EXPECT_THAT(table("query\tn\nx\n"), HasSubstr("log.tsv:2: has 1 columns, expected 2"));
  EXPECT_THAT(table("query\tn\nx\tmany\n"),
              HasSubstr("log.tsv:2: 'n' is 'many', expected a whole"));
  EXPECT_THAT(table("query\tn\ncaf\xe9\t1\n"), HasSubstr("log.tsv:2: the query is no UTF-8"));
  const auto json = [&](const std::string& text) {
    return error_of(
        {"search_log=json_lines", "demand.log.files=[" + file("log.jsonl", text) + "]"});
  };
  EXPECT_THAT(
      json("{\"text\": \"x\"}\n"),
      HasSubstr("log.jsonl:1: has no text 'query', expected what was typed; name the field"));
  EXPECT_THAT(json("[1]\n"), HasSubstr("log.jsonl:1: is no JSON object"));
  EXPECT_THAT(json("{\"query\": \"x\", \"searches\": \"y\"}\n"), HasSubstr("log.jsonl:1: "));
  EXPECT_THAT(error_of({"search_log=ubi", "demand.log.files=[" + file("u", "{\"a\": 1}\n") + "]"}),
              HasSubstr("u:1: is neither a query nor an event"));
  EXPECT_THAT(error_of({"search_log=table", "demand.log.files=[nowhere.tsv]"}),
              HasSubstr("demand.log.files: 'nowhere.tsv' does not exist"));
  EXPECT_THAT(error_of({"search_log=table"}), HasSubstr("demand.log.files"));
  EXPECT_THAT(error_of({"demand.attributes=vocabulary"}), HasSubstr("demand.vocabulary: is null"));
  EXPECT_THAT(error_of({"demand.head_share=0.9"}),
              HasSubstr("demand.head_share: is 0.9, expected at most"));
  EXPECT_THAT(error_of({"demand.min_searches=1000000"}),
              HasSubstr("no query was searched 1000000 times"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "p/demand/intents.jsonl"));
}

TEST(SearchLogs, EveryChoiceListsEveryOption) {
  const SearchLogRegistry registry = builtin_search_logs();
  for (const std::string& name : registry.names()) {
    const Node config = compose({.config_dir = "configs",
                                 .config_name = "pinlanding",
                                 .overrides = {"search_log=" + name},
                                 .resolve = false})
                            .config.at("demand")
                            .at("log");
    EXPECT_EQ(config.at("name"), Node(name));
    for (const FieldInfo& field : registry.entries().at(name).options) {
      const Node* value = config.find_path(field.name);
      ASSERT_NE(value, nullptr) << name << "." << field.name;
      EXPECT_TRUE(value->is_missing() || *value == field.default_value)
          << name << "." << field.name;
    }
  }
}

}  // namespace
}  // namespace twinset::pinlanding
