#include "experiments/pinlanding/judge/judge_stage.h"

#include <nlohmann/json.hpp>

#include "datasets/wardrobe/wardrobe.h"
#include "eval/run_result.h"
#include "tests/experiments/pinlanding/chat_server.h"
#include "tests/experiments/pinlanding/small_pipeline.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kConfig = R"(
seed: 5
judge: {judge: truth, truth: TRUTH, num_resamples: 200, families: {color: [colour], style: [style]}}
)";

class JudgeStage : public testing::SmallPipeline {
 protected:
  void SetUp() override {
    write("truth.jsonl",
          R"({"id": "1", "attributes": {"colour": "black", "category": "dress", "style": "boho"}}
{"id": "2", "attributes": {"colour": "black", "category": "dress"}}
{"id": "3", "attributes": {"colour": "red", "category": "dress"}}
)");
    write(
        "feeds/collections.jsonl",
        R"({"title": "black dress", "attributes": {"colour": ["black"], "category": ["dress"]}, "products": ["1", "2"], "scores": [2, 1]}
{"title": "boho dress", "attributes": {"style": ["boho"], "category": ["dress"]}, "products": ["1"], "scores": [2]}
)");
    write(
        "baseline/collections.jsonl",
        R"({"title": "dress black", "attributes": {"colour": ["black"], "category": ["dress"]}, "products": ["1", "3"], "scores": [2, 1]}
)");
    write(
        "demand/intents.jsonl",
        R"({"query": "dress black", "searches": 3, "share": 0.75, "band": "head", "attributes": {"colour": ["black"], "category": ["dress"]}, "clicks": {}, "covered": false}
{"query": "boho dress", "searches": 1, "share": 0.25, "band": "tail", "attributes": {"style": ["boho"], "category": ["dress"]}, "clicks": {}, "covered": false}
)");
    write("extract/products.jsonl",
          R"({"id": "1", "split": "train", "title": "a", "attributes": {"colour": ["jet black"]}}
)");
    write("curate/products.jsonl",
          R"({"id": "1", "split": "train", "title": "a", "attributes": {"colour": ["black"]}}
)");
    write(
        "assign/products-00000.jsonl",
        R"({"id": "1", "split": "train", "title": "a", "attributes": {"colour": ["black"]}, "confidence": {"colour": [1]}}
)");
    write(
        "train/result.json",
        R"({"name": "r", "choices": {}, "metrics": {"test": {"product_to_attribute.hit@10": 0.99, "product_to_attribute.recall@10": 0.91}}})");
  }
  std::string config(std::string text = kConfig) const {
    return text.replace(text.find("TRUTH"), 5, (folder() / "truth.jsonl").string());
  }
};

TEST_F(JudgeStage, ComparesBothSystems) {
  EXPECT_THAT(run(judge_stage(), config()),
              HasSubstr("precision@10 1.000 against 0.500 of the search log, 2 topics against 1"));
  EXPECT_THAT(read("judge/table.md"), HasSubstr("PinLanding's paper"));
  EXPECT_THAT(read("judge/table.md"), HasSubstr("reported elsewhere"));
  EXPECT_THAT(read("judge/topics.md"), HasSubstr("times the baseline's"));
  EXPECT_THAT(read("judge/distributions.md"), HasSubstr("curated"));
  EXPECT_THAT(read("judge/recall.md"), HasSubstr("0.910"));
  EXPECT_THAT(read("judge/comparison.md"), HasSubstr("On the topics that both have"));
  EXPECT_THAT(read("judge/report.html"), HasSubstr("</html>"));
  EXPECT_THAT(read("judge/report.html"), Not(HasSubstr("src=\"http")));
  const RunResult result = read_run_result(folder() / "judge");
  EXPECT_EQ(result.choice("seed"), "5");
  EXPECT_EQ(*result.find("test", "feeds.precision@10.style"), 1.0);
  EXPECT_EQ(*result.find("test", "topics_ratio"), 2.0);
  EXPECT_EQ(*result.find("test", "baseline.demand_exact"), 0.75);
}

TEST_F(JudgeStage, TakesTheCataloguesOwnFields) {
  wardrobe::WardrobeOptions options;
  options.folder = (folder() / "data").string();
  options.num_products = 40;
  options.num_queries = 0;
  wardrobe::write_wardrobe(options);
  const nlohmann::json first = nlohmann::json::parse(
      read("data/truth.jsonl").substr(0, read("data/truth.jsonl").find('\n')));
  const std::string id = first["id"], category = first["attributes"]["category"];
  const std::string line = R"({"title": "t", "attributes": {"kind": [")" + category +
                           R"("]}, "products": [")" + id + R"("], "scores": [1]})";
  write("feeds/collections.jsonl", line);
  write("baseline/collections.jsonl", line);
  const std::string reader =
      "dataset: {reader: {name: product_shards, root: " + (folder() / "data").string() +
      ", train: 'wardrobe-train-*.tar', val: 'wardrobe-val-*.tar', test: 'wardrobe-test-*.tar'}}\n";
  EXPECT_THAT(run(judge_stage(), reader + "judge: {num_resamples: 200, fields: {category: kind}}"),
              HasSubstr("precision@10 1.000 against 1.000"));
  EXPECT_THAT(run(judge_stage(), reader + "judge: {num_resamples: 200}"),
              HasSubstr("precision@10 0.000 against 0.000"));
}

TEST_F(JudgeStage, AsksALanguageModelAboutPictures) {
  wardrobe::WardrobeOptions options;
  options.folder = (folder() / "data").string();
  options.num_products = 40;
  options.num_queries = 0;
  wardrobe::write_wardrobe(options);
  std::vector<std::string> ids;
  std::istringstream truth(read("data/truth.jsonl"));
  for (std::string line; ids.size() < 3 && std::getline(truth, line);)
    ids.push_back(nlohmann::json::parse(line)["id"]);
  const auto line = [&](const std::string& title, const std::string& products) {
    return fmt::format(
        R"({{"title": "{}", "attributes": {{"colour": ["red"]}}, "products": [{}], "scores": [2, 1]}})",
        title, products);
  };
  write("feeds/collections.jsonl", line("good", fmt::format(R"("{}", "{}")", ids[0], ids[1])) +
                                       "\n" +
                                       line("bad", fmt::format(R"("{}", "{}")", ids[1], ids[2])));
  write("baseline/collections.jsonl", line("bad", fmt::format(R"("{}", "{}")", ids[1], ids[0])));
  testing::ChatServer server([](const auto& request) -> std::string {
    const auto& content = request.at("messages").back().at("content");
    EXPECT_EQ(content.at(1).at("image_url").at("url").template get<std::string>().substr(0, 22),
              "data:image/jpeg;base64");
    return testing::prompt_of(request).starts_with("good (colour: red)") ? R"({"satisfied": true})"
                                                                         : R"({"satisfied": 0.25})";
  });
  const auto config = [&](const std::string& more) {
    return "dataset: {reader: {name: product_shards, root: " + (folder() / "data").string() +
           ", train: 'wardrobe-train-*.tar', val: 'wardrobe-val-*.tar', test: "
           "'wardrobe-test-*.tar'}}\njudge: {judge: model, num_resamples: 200" +
           more + "}";
  };
  EXPECT_THAT(
      run(judge_stage(),
          config(", model: {url: '" + server.url() +
                 "', model: m, send_image: true, prompt: '{title} ({attributes}) {product}', "
                 "schema: {properties: {satisfied: {type: boolean}}}}")),
      HasSubstr("precision@10 0.625 against 0.250"));
  EXPECT_EQ(server.num_requests(), 5) << "what both show is asked once";
  EXPECT_THAT(read("judge/answers.jsonl"), HasSubstr(R"("satisfied":0.25,"judge":"m")"));
  EXPECT_THAT(run(judge_stage(), config("")), HasSubstr("judge.model: is null"));
}

TEST_F(JudgeStage, TakesAJudgeModelsAnswers) {
  write("answers.jsonl", R"({"title": "black dress", "product": "1", "satisfied": true}
{"title": "black dress", "product": "2", "satisfied": false}
{"title": "dress black", "product": "1", "satisfied": true}
)");
  EXPECT_THAT(run(judge_stage(),
                  "judge: {judge: answers, answers: " + (folder() / "answers.jsonl").string() +
                      ", num_resamples: 200}"),
              HasSubstr("precision@10 0.500 against 1.000"));
}

TEST_F(JudgeStage, RefusesBadInput) {
  EXPECT_THAT(run(judge_stage(), "judge: {judge: truth}"),
              HasSubstr("error: judge.truth: is empty"));
  EXPECT_THAT(run(judge_stage(), "judge: {judge: ratings, ratings: [a]}"),
              HasSubstr("error: judge.key: is empty"));
  EXPECT_THAT(run(judge_stage(), "judge: {judge: people}"), HasSubstr("judge.judge"));
  EXPECT_THAT(run(judge_stage(), "judge: {families: 3}"),
              HasSubstr("expected a map of family to keys"));
  EXPECT_THAT(run(judge_stage(), "judge: {}"), HasSubstr("dataset.reader: is missing"));
  EXPECT_THAT(run(judge_stage(), "judge: {fields: [a]}"),
              HasSubstr("judge.fields: is a list, expected a map"));
  EXPECT_THAT(run(judge_stage(), config("judge: {judge: truth, truth: TRUTH, split: validation}")),
              HasSubstr("judge.split: the run has no product_to_attribute numbers"));
  write("truth.jsonl", R"({"id": "1", "attributes": {"colour": "black"}})");
  EXPECT_THAT(run(judge_stage(), config()),
              HasSubstr("truth.jsonl: has no product '2', which feeds shows under 'black dress'"));
  write("truth.jsonl", "");
  EXPECT_THAT(run(judge_stage(), config()), HasSubstr("truth.jsonl: holds no product"));
  EXPECT_FALSE(has("judge/result.json"));
}

}  // namespace
}  // namespace twinset::pinlanding
