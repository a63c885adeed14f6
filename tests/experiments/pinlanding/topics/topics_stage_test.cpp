#include "experiments/pinlanding/topics/topics_stage.h"

#include "experiments/pinlanding/records/topics.h"
#include "tests/experiments/pinlanding/chat_server.h"
#include "tests/experiments/pinlanding/small_pipeline.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kLog =
    R"({"query": "black dress", "searches": 9, "share": 0.5, "band": "head", "attributes": {"colour": ["black"], "category": ["dress"]}, "clicks": {}, "covered": false}
{"query": "red dress", "searches": 5, "share": 0.3, "band": "head", "attributes": {"colour": ["red"], "category": ["dress"]}, "clicks": {}, "covered": false}
{"query": "black skirt", "searches": 2, "share": 0.1, "band": "tail", "attributes": {"colour": ["black"], "category": ["skirt"]}, "clicks": {}, "covered": false}
{"query": "dress", "searches": 1, "share": 0.1, "band": "tail", "attributes": {"category": ["dress"]}, "clicks": {}, "covered": false}
)";

class TopicsStage : public testing::SmallPipeline {
 protected:
  void SetUp() override {
    write("demand/intents.jsonl", kLog);
    std::string products;
    const char* const kinds[][3] = {{"black", "dress", "long"},
                                    {"red", "dress", "long"},
                                    {"black", "skirt", "short"},
                                    {"black", "dress", "short"}};
    for (int i = 0; i < 20; ++i) {
      const auto& [colour, category, sleeve] = kinds[i % 4];
      // The last product is said to have two colours.
      products +=
          fmt::format(
              R"({{"id": "{:02}", "split": "train", "title": "t", "attributes": {{"colour": ["{}"{}], "category": ["{}"], "sleeve": ["{}"]}}, "confidence": {{"colour": [1{}], "category": [1], "sleeve": [1]}}}})",
              i, colour, i >= 15 ? R"(, "red")" : "", category, sleeve, i >= 15 ? ", 0.5" : "") +
          "\n";
    }
    write("assign/products-00000.jsonl", products);
  }
  std::vector<std::string> titles() {
    std::vector<std::string> result;
    for (const Topic& topic : read_topics(folder() / "topics/topics.jsonl"))
      result.push_back(topic.title);
    return result;
  }
};

constexpr const char* kConfig = R"(
topics:
  min_support: 3
  thresholds: {coherence: 0, plausibility: 0, phrasing: 0}
  title: {order: [colour, sleeve, category], forms: {sleeve: "{} sleeve"}}
)";

TEST_F(TopicsStage, ReadsTheLogInTheWordsThatWereCurated) {
  run(topics_stage(), kConfig);
  const std::string expected = read_file(folder() / "topics/topics.jsonl");
  std::string log = kLog;
  const auto replace = [&](const std::string& from, const std::string& to) {
    for (size_t at = 0; (at = log.find(from, at)) != std::string::npos; at += to.size())
      log.replace(at, from.size(), to);
  };
  replace(R"("category": ["dress"])", R"("category": ["Gowns"])");
  replace(R"("colour": ["black"])", R"("colour": ["BLACK"])");
  write("demand/intents.jsonl", log);
  run(topics_stage(), kConfig);
  EXPECT_NE(read_file(folder() / "topics/topics.jsonl"), expected);
  write(
      "curate/canonical.jsonl",
      R"({"family": "category", "raw": "gowns", "canonical": "dress", "count": 3, "reason": "merged"}
{"family": "colour", "raw": "black", "canonical": "black", "count": 9, "reason": "kept"}
{"family": "colour", "raw": "a colour", "canonical": null, "count": 1, "reason": "rare"}
)");
  run(topics_stage(), kConfig);
  EXPECT_EQ(read_file(folder() / "topics/topics.jsonl"), expected);
}

TEST_F(TopicsStage, FindsTitlesWithACategoryAndWithoutContradictions) {
  EXPECT_THAT(run(topics_stage(), kConfig), HasSubstr("topics of"));
  const auto topics = read_topics(folder() / "topics/topics.jsonl");
  ASSERT_FALSE(topics.empty());
  EXPECT_EQ(topics[0].title, "black dress");
  for (size_t i = 0; i < topics.size(); ++i) {
    std::map<std::string, int> families;
    for (const Attribute& attribute : topics[i].attributes) ++families[attribute.key];
    EXPECT_EQ(families["category"], 1) << topics[i].title;
    EXPECT_LE(families["colour"], 1) << topics[i].title;
    EXPECT_GE(topics[i].support, 3);
    if (i > 0) {
      EXPECT_LE(topics[i].score, topics[i - 1].score);
    }
  }
  EXPECT_THAT(titles(), ::testing::Contains("black long sleeve dress"));
  EXPECT_THAT(read("topics/report.json"), HasSubstr("near_duplicates"));
}

TEST_F(TopicsStage, TakesTitlesAndScoresOfAJudge) {
  run(topics_stage(), kConfig);
  std::string titles_file, scores_file;
  int number = 0;
  for (const Topic& topic : read_topics(folder() / "topics/candidates.jsonl")) {
    std::string attributes;
    for (const Attribute& a : topic.attributes)
      attributes += fmt::format(R"({}"{}": "{}")", attributes.empty() ? "" : ", ", a.key, a.value);
    titles_file +=
        fmt::format(R"({{"attributes": {{{}}}, "title": "Title {}"}})", attributes, number) + "\n";
    scores_file +=
        fmt::format(R"({{"title": "Title {}", "coherence": 1, "plausibility": 1, "phrasing": {}}})",
                    number, number == 3 ? 1.0 : 0.5) +
        "\n";
    ++number;
  }
  write("titles.jsonl", titles_file);
  write("scores.jsonl", scores_file);
  const std::string config = std::string(kConfig) +
                             "  answers: {titles: " + (folder() / "titles.jsonl").string() +
                             ", scores: " + (folder() / "scores.jsonl").string() + "}\n";
  EXPECT_THAT(run(topics_stage(), config), Not(HasSubstr("error")));
  EXPECT_EQ(titles()[0], "Title 3");
  write("scores.jsonl",
        R"({"title": "Title 0", "coherence": 1, "plausibility": 1, "phrasing": 1})");
  EXPECT_THAT(run(topics_stage(), config), HasSubstr("scores.jsonl: has no answer for 'Title 1'"));
  write("scores.jsonl",
        R"({"title": "Title 0", "coherence": 2, "plausibility": 1, "phrasing": 1})");
  EXPECT_THAT(run(topics_stage(), config),
              HasSubstr("scores.jsonl:1: 'coherence' is 2, expected a number from 0 to 1"));
  write("titles.jsonl", R"({"attributes": {"colour": "black"}, "title": "x"})");
  EXPECT_THAT(run(topics_stage(), config), HasSubstr("titles.jsonl: has no answer for"));
}

TEST_F(TopicsStage, AsksALanguageModelForTitlesAndScores) {
  testing::ChatServer server([](const auto& request) -> std::string {
    const std::string prompt = testing::prompt_of(request);
    EXPECT_EQ(request.at("model"), "tiny");
    if (prompt.starts_with("title: ")) {
      // "title: category: dress\ncolour: black|black dress|9" becomes "the black dress".
      if (prompt.find("|red dress|") != std::string::npos) return "no idea";
      const size_t begin = prompt.find('|') + 1;
      return R"(Sure: {"title": " the )" + prompt.substr(begin, prompt.rfind('|') - begin) +
             R"( "})";
    }
    EXPECT_EQ(request.at("response_format").at("json_schema").at("name"), "scores");
    const bool is_best = prompt.find("the black skirt|") != std::string::npos;
    return fmt::format(R"({{"coherence": 1, "plausibility": 1, "phrasing": {}}})",
                       is_best ? "1" : "0.5");
  });
  const std::string model = "{url: '" + server.url() + "', model: tiny, prompt: '";
  const auto config = [&](const std::string& share) {
    return kConfig + ("  title_model: " + model) +
           "title: {attributes}|{title}|{support}', schema: {properties: {title: {type: string}}}"
           ", max_failed_share: " +
           share + "}\n  score_model: " + model +
           "score: {title}|{attributes}', schema: {properties: {coherence: {type: number}}}}\n";
  };
  EXPECT_THAT(run(topics_stage(), config("0.5")),
              HasSubstr(", 1 without a usable answer of a model"));
  EXPECT_EQ(titles()[0], "the black skirt");
  EXPECT_THAT(titles(), ::testing::Contains("the black long sleeve dress"));
  EXPECT_THAT(titles(), ::testing::Not(::testing::Contains(HasSubstr("red dress"))));
  const auto candidates = read_topics(folder() / "topics/candidates.jsonl");
  EXPECT_EQ(server.num_requests(), 2 * std::ssize(candidates) + 1);
  EXPECT_THAT(read("topics/report.json"), HasSubstr("\"unanswered\": 1"));
  EXPECT_THAT(read("topics/titles_failed.jsonl"),
              HasSubstr(R"("reason":"the answer has no JSON object","answer":"no idea")"));
  // What was answered is not asked again.
  run(topics_stage(), config("0.5"));
  EXPECT_EQ(server.num_requests(), 2 * std::ssize(candidates) + 1);
  EXPECT_THAT(run(topics_stage(), config("0.01")), HasSubstr("error: topics.title_model: 1 of "));
  EXPECT_THAT(run(topics_stage(), kConfig + ("  title_model: " + model) + "x'}\n"),
              HasSubstr("topics.title_model.schema: has no properties"));
  EXPECT_THAT(run(topics_stage(), config("0") + "  answers: {titles: t.jsonl}\n"),
              HasSubstr("topics.title_model: is set, and so is a file of answers, t.jsonl"));
}

TEST_F(TopicsStage, RefusesBadInput) {
  EXPECT_THAT(run(topics_stage(), "topics: {min_attributes: 3, max_attributes: 2}"),
              HasSubstr("error: topics.max_attributes: is 2, expected at least min_attributes, 3"));
  EXPECT_THAT(run(topics_stage(), "topics: {min_suport: 3}"),
              HasSubstr("unknown key 'min_suport'"));
  EXPECT_THAT(run(topics_stage(), "topics: {category_families: [categories]}"),
              HasSubstr("unknown family 'categories'"));
  EXPECT_THAT(run(topics_stage(), "topics: {min_support: 100}"),
              HasSubstr("no 2 to 4 attributes stand together on 100 products"));
  EXPECT_THAT(run(topics_stage(), "topics: {min_support: 3, thresholds: {coherence: 1}}"),
              HasSubstr("topics.thresholds: all"));
  write("demand/intents.jsonl", "");
  EXPECT_THAT(run(topics_stage(), kConfig), HasSubstr("intents.jsonl: holds no query"));
  write("demand/intents.jsonl", R"({"query": "dress"})");
  EXPECT_THAT(run(topics_stage(), kConfig), HasSubstr("intents.jsonl:1: "));
  write("assign/products-00000.jsonl", "");
  EXPECT_THAT(run(topics_stage(), kConfig), HasSubstr("products-00000.jsonl: holds no product"));
  EXPECT_FALSE(has("topics/topics.jsonl"));
}

}  // namespace
}  // namespace twinset::pinlanding
