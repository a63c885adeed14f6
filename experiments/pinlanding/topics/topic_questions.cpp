#include "experiments/pinlanding/topics/topic_questions.h"

#include <fmt/format.h>

#include <set>

#include "experiments/pinlanding/words.h"
#include "framework/core/atomic_file.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

Json attributes_json(const std::vector<Attribute>& attributes) {
  Json json = Json::object();
  for (const Attribute& attribute : attributes) json[attribute.key].push_back(attribute.value);
  return json;
}

std::string problem_of_title(const Json& answer) {
  if (!answer.contains("title") || !answer["title"].is_string()) return "the answer has no 'title'";
  return trimmed(answer["title"].get<std::string>()).empty() ? "the title is empty" : "";
}

std::string problem_of_scores(const Json& answer) {
  for (const char* name : {"coherence", "plausibility", "phrasing"}) {
    if (!answer.contains(name) || !answer[name].is_number())
      return fmt::format("the answer has no number '{}'", name);
    const double value = answer[name].get<double>();
    if (!(value >= 0 && value <= 1))
      return fmt::format("'{}' is {}, expected a number from 0 to 1", name, value);
  }
  return "";
}

}  // namespace

std::filesystem::path ask_topic_titles(const ChatQuestionsOptions& options,
                                       const std::vector<Topic>& topics,
                                       const std::filesystem::path& folder) {
  std::vector<ChatQuestion> questions;
  for (const Topic& topic : topics) {
    questions.push_back({{{"attributes", attribute_lines(topic.attributes)},
                          {"title", topic.title},
                          {"support", std::to_string(topic.support)}}});
  }
  const auto answers = ask_chat_questions(
      options, questions, {"topics.title_model", folder, "titles"}, problem_of_title);
  std::string lines;
  for (size_t i = 0; i < topics.size(); ++i) {
    if (!answers[i]) continue;
    lines += Json{{"attributes", attributes_json(topics[i].attributes)},
                  {"title", trimmed((*answers[i])["title"].get<std::string>())}}
                 .dump() +
             "\n";
  }
  write_file(folder / "titles.jsonl", lines);
  return folder / "titles.jsonl";
}

std::filesystem::path ask_topic_scores(const ChatQuestionsOptions& options,
                                       const std::vector<Topic>& topics,
                                       const std::filesystem::path& folder) {
  std::vector<ChatQuestion> questions;
  std::set<std::string> titles;
  for (const Topic& topic : topics) {
    if (!titles.insert(topic.title).second) continue;
    questions.push_back(
        {{{"title", topic.title}, {"attributes", attribute_lines(topic.attributes)}}});
  }
  const auto answers = ask_chat_questions(
      options, questions, {"topics.score_model", folder, "scores"}, problem_of_scores);
  std::string lines;
  for (size_t i = 0; i < questions.size(); ++i) {
    if (!answers[i]) continue;
    Json line = {{"title", questions[i].values.at("title")}};
    for (const char* name : {"coherence", "plausibility", "phrasing"})
      line[name] = (*answers[i])[name];
    lines += line.dump() + "\n";
  }
  write_file(folder / "scores.jsonl", lines);
  return folder / "scores.jsonl";
}

}  // namespace twinset::pinlanding
