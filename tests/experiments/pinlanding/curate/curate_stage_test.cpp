#include "experiments/pinlanding/curate/curate_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "experiments/pinlanding/curate/curation.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "tests/experiments/pinlanding/chat_server.h"
#include "tests/experiments/pinlanding/curate/default_curate.h"
#include "tests/testing/temporary_folder.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CurateStageTest : public ::testing::Test {
 protected:
  CurateStageTest() {
    config_.set("curate", testing::default_curate());
    config_.set_path("curate.min_count", 3);
    std::string lines;
    for (int i = 0; i < 60; ++i) {
      const char* colours[] = {"Black", "jet black", "navy", "white", "black insoles"};
      const char* colour = i == 0 ? colours[4] : colours[i % 4];
      lines += fmt::format(
          "{{\"id\": \"{:08d}\", \"split\": \"{}\", \"title\": \"a {} thing\", \"attributes\": "
          "{{\"colour\": [\"{}\"], \"neckline\": \"V\\u2013Neck\"}}}}\n",
          i, i < 40 ? "train" : "test", i % 4 < 2 ? "black" : colour, colour);
    }
    write_file(folder_.path() / "extract/products.jsonl", lines);
  }

  std::string run() {
    const Stage stage = curate_stage();
    const StageContext context{folder_.path(), config_, plugins_};
    stage.check(context);
    return stage.run(context);
  }
  std::string message() {
    try {
      run();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
  std::string text_of(const std::string& name) const {
    return read_file(folder_.path() / "curate" / name);
  }
  // The canonical value of each raw phrase.
  std::map<std::string, nlohmann::json> canonical() const {
    std::map<std::string, nlohmann::json> result;
    std::ifstream lines(folder_.path() / "curate/canonical.jsonl");
    for (std::string line; std::getline(lines, line);) {
      const auto json = nlohmann::json::parse(line);
      result[json.at("raw")] = json.at("canonical");
    }
    return result;
  }

  twinset::testing::TemporaryFolder folder_;
  Node config_ = Node::map();
  Plugins plugins_ = builtin_plugins();
};

TEST_F(CurateStageTest, WritesAVocabularyAndProductsWithCanonicalValues) {
  run();
  auto values = canonical();
  EXPECT_EQ(values.at("jet black"), "jet black")
      << "as frequent as black: the first by phrase stands for both";
  EXPECT_EQ(values.at("Black"), "jet black");
  EXPECT_EQ(values.at("navy"), "navy");
  EXPECT_EQ(values.at("white"), "white");
  EXPECT_EQ(values.at("black insoles"), nullptr);
  EXPECT_EQ(values.at("V\u2013Neck"), "v-neck");
  std::ifstream lines(folder_.path() / "curate/products.jsonl");
  int64_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json.at("id"), fmt::format("{:08d}", count));
    EXPECT_EQ(json.at("split"), count < 40 ? "train" : "test");
    EXPECT_EQ(json.at("attributes").at("neckline"), nlohmann::json::array({"v-neck"}));
    EXPECT_EQ(json.at("attributes").contains("colour"), count > 0);
  }
  EXPECT_EQ(count, 60);
  EXPECT_THAT(text_of("vocabulary.jsonl"),
              HasSubstr("{\"family\":\"neckline\",\"value\":\"v-neck\",\"count\":60}"));
  EXPECT_THAT(text_of("report.md"), HasSubstr("black insoles (1)"));
  EXPECT_THAT(text_of("phrases.txt"), HasSubstr("colour: navy\n"));
}

TEST_F(CurateStageTest, KeepsAndAppliesTheDecisionsOfTheSheet) {
  run();
  std::string sheet = text_of("review.tsv");
  const auto decide = [&](const std::string& phrase, const std::string& decision) {
    const size_t line = sheet.find("colour\t" + phrase + "\t"), end = sheet.find('\n', line),
                 last = sheet.rfind('\t', end);
    ASSERT_NE(line, std::string::npos) << phrase;
    sheet.insert(last, decision);
  };
  decide("jet black", "map to black");
  decide("white", "reject");
  write_file(folder_.path() / "curate/review.tsv",
             sheet + "colour\tblack insoles\t1\t\t\tmap to black\t\n");
  for (int again = 0; again < 2; ++again) {
    EXPECT_THAT(run(), HasSubstr("3 decisions"));
    auto values = canonical();
    EXPECT_EQ(values.at("white"), nullptr);
    EXPECT_EQ(values.at("jet black"), "black");
    EXPECT_EQ(values.at("Black"), "black");
    EXPECT_EQ(values.at("black insoles"), "black");
  }
}

TEST_F(CurateStageTest, FollowsAJudgeUnlessAPersonDecided) {
  const auto answers = folder_.path() / "answers.jsonl";
  write_file(
      answers,
      "{\"family\": \"colour\", \"phrase\": \"white\", \"decision\": \"reject\"}\n{\"family\": "
      "\"colour\", \"phrase\": \"navy\", \"decision\": \"reject\"}\n");
  write_file(folder_.path() / "curate/review.tsv",
             "family\tphrase\tcount\tproposal\tevidence\tdecision\tjudge\ncolour\tnavy\t1\tnavy\t\t"
             "accept\t\n");
  config_.set_path("curate.judge_answers", answers.string());
  run();
  EXPECT_EQ(canonical().at("white"), nullptr);
  EXPECT_EQ(canonical().at("navy"), "navy");
}

TEST_F(CurateStageTest, AsksALanguageModelAboutMerges) {
  testing::ChatServer server([](const auto& request) -> std::string {
    const std::string prompt = testing::prompt_of(request);
    return prompt == "colour black to jet black?" ? R"({"decision": "keep"})"
                                                  : R"({"decision": "perhaps"})";
  });
  config_.set_path("curate.judge_model",
                   load_yaml("{url: '" + server.url() +
                                 "', model: m, prompt: '{family} {phrase} to {proposal}?', schema: "
                                 "{properties: {decision: {type: string}}}}",
                             "test"));
  run();
  EXPECT_EQ(server.num_requests(), 1) << "of the merged phrases there is one";
  EXPECT_EQ(canonical().at("Black"), "black");
  EXPECT_EQ(canonical().at("jet black"), "jet black");
  EXPECT_THAT(text_of("review.tsv"), HasSubstr("\tmap to black\n"));
  EXPECT_EQ(text_of("judge_answers.jsonl"),
            R"({"family":"colour","phrase":"black","decision":"map to black"})"
            "\n");
  // What a person decides is not asked.
  write_file(folder_.path() / "curate/review.tsv",
             "family\tphrase\tcount\tproposal\tevidence\tdecision\tjudge\ncolour\tblack\t15\tjet "
             "black\t\taccept\t\n");
  run();
  EXPECT_EQ(canonical().at("Black"), "jet black");
  EXPECT_EQ(server.num_requests(), 1);
  EXPECT_EQ(text_of("judge_answers.jsonl"), "");
  std::filesystem::remove(folder_.path() / "curate/review.tsv");
  config_.set_path("curate.judge_model.prompt", "other");
  EXPECT_THAT(
      message(),
      HasSubstr("curate.judge_model: 1 of 1 questions have no usable answer, 1 of them: the "
                "decision is 'perhaps', expected merge, keep or reject"));
}

TEST_F(CurateStageTest, SaysWhatIsWrong) {
  config_.set_path("curate.embedding.name", "hashed");
  EXPECT_THAT(message(),
              HasSubstr("unknown curate.embedding 'hashed', expected one of: hashed_ngrams"));
  config_.set_path("curate.embedding", load_yaml("{name: vectors}", "test"));
  EXPECT_THAT(message(), HasSubstr("curate.embedding.vectors: is not set"));
  config_.set_path("curate.embedding", load_yaml("{name: hashed_ngrams}", "test"));
  config_.set_path("curate.min_count", 100);
  EXPECT_THAT(message(), HasSubstr("no attribute of 60 products is left"));
  write_file(folder_.path() / "extract/products.jsonl", "");
  EXPECT_THAT(message(), HasSubstr("has no product"));
  write_file(folder_.path() / "extract/products.jsonl",
             "{\"id\": \"1\", \"split\": \"train\", \"attributes\": {}}\n");
  EXPECT_THAT(message(), HasSubstr("products.jsonl:1"));
}

// Myntra's values are clean words of a merchant; what is merged must be spellings or narrower
// words.
TEST(CurateMyntra, KeepsTheMerchantsValuesApart) {
  const char* shared = std::getenv("TWINSET_SHARED");
  const std::filesystem::path file =
      shared == nullptr ? "" : std::filesystem::path(shared) / "data/myntra/catalog_text.tsv";
  if (!std::filesystem::exists(file))
    GTEST_SKIP() << "TWINSET_SHARED names no folder with data/myntra";
  ExtractedAttributesBuilder builder;
  std::ifstream lines(file);
  std::string line;
  std::getline(lines, line);
  int64_t count = 0;
  for (; std::getline(lines, line); ++count) {
    std::vector<std::string> cells;
    for (size_t begin = 0; begin <= line.size();) {
      const size_t end = std::min(line.find('\t', begin), line.size());
      cells.push_back(line.substr(begin, end - begin));
      begin = end + 1;
    }
    builder.add(cells.at(9), {{"gender", cells[1]},
                              {"articleType", cells[4]},
                              {"baseColour", cells[5]},
                              {"season", cells[6]},
                              {"usage", cells[8]}});
  }
  EXPECT_EQ(count, 40710);
  CurateOptions options = read_options<CurateOptions>(testing::default_curate(), "curate");
  options.affixes.head_family = "articleType";
  const CurateKnowledge knowledge{FamilySheet(std::filesystem::path(options.families)),
                                  SynonymSheet(std::filesystem::path(options.synonyms)),
                                  {}};
  const Plugins plugins = builtin_plugins();
  const auto embedder = phrase_embedders().create(options.embedding, plugins);
  const ExtractedAttributes extracted = builder.build();
  const Curation curation = curate(extracted, knowledge, options, *embedder, plugins.indexes);
  std::map<PhraseKey, std::string> merged;
  for (const Proposal& proposal : curation.proposals) {
    if (proposal.evidence == MergeEvidence::kNone) continue;
    merged[proposal.key] = proposal.value;
    std::printf("%s: %s -> %s (%s %.2f)\n", proposal.key.first.c_str(), proposal.key.second.c_str(),
                proposal.value.c_str(), evidence_name(proposal.evidence), proposal.strength);
  }
  for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{
           {"navy blue", "white"}, {"black", "white"}, {"red", "pink"}}) {
    const auto value = [&](const std::string& phrase) {
      return curation.forms[static_cast<size_t>(extracted.find("baseColour", phrase))].canonical;
    };
    EXPECT_NE(value(a), value(b));
  }
}

TEST_F(CurateStageTest, FindsItsSheetsInTheConfigsOfTheCommandFromAnyFolder) {
  const std::filesystem::path checkout = std::filesystem::current_path();
  const StageContext context{.folder = folder_.path(),
                             .config = config_,
                             .plugins = plugins_,
                             .config_dir = checkout / "configs"};
  std::filesystem::current_path(folder_.path());
  std::string error = "no error";
  try {
    curate_stage().check(context);
  } catch (const Error& found) {
    error = found.what();
  }
  std::filesystem::current_path(checkout);
  EXPECT_EQ(error, "no error");
}

}  // namespace
}  // namespace twinset::pinlanding
