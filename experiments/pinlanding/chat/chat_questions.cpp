#include "experiments/pinlanding/chat/chat_questions.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/data_uri.h"
#include "experiments/pinlanding/chat/chat_client.h"
#include "experiments/pinlanding/chat/json_answer.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

std::string failed_line(const ChatQuestion& question, const std::string& reason,
                        const std::string& answer) {
  return Json{{"question", question.values}, {"reason", reason}, {"answer", answer}}.dump(
             -1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace

ChatQuestionsOptions read_chat_questions(const Node& node, const std::string& path) {
  auto options = read_options<ChatQuestionsOptions>(node, path);
  check_chat_model(options.model, path);
  return options;
}

std::vector<std::optional<Json>> ask_chat_questions(
    const ChatQuestionsOptions& options, const std::vector<ChatQuestion>& questions,
    const ChatQuestionsPlace& place, const std::function<std::string(const Json&)>& problem_of) {
  if (questions.empty()) return {};
  if (options.send_image && !questions.front().image) {
    throw ConfigError({.where = place.path + ".send_image",
                       .what = "is true, but these questions are about no picture",
                       .expected = "false"});
  }
  const auto file = [&](const char* suffix) { return place.folder / (place.name + suffix); };
  std::vector<std::optional<Json>> answers(questions.size());
  std::map<size_t, std::string> failed;  // in the order of the questions
  std::map<std::string, int64_t> reasons;
  ChatClient client(options.model.chat, file("_cache.jsonl"));
  client.ask(
      questions.size(),
      [&](size_t i) {
        std::vector<std::string> placeholders;
        for (const auto& [name, value] : questions[i].values) placeholders.push_back(name);
        return chat_request(
            options.model, placeholders,
            [&](const std::string& name) { return questions[i].values.at(name); },
            options.send_image ? image_data_uri(questions[i].image(), place.path) : "", place.name);
      },
      [&](size_t i, const ChatReply& reply) {
        JsonAnswer answer{{}, reply.failure};
        if (answer.failure.empty()) answer = read_json_answer(reply.text);
        if (answer.failure.empty()) answer.failure = problem_of(answer.object);
        if (answer.failure.empty()) {
          answers[i] = std::move(answer.object);
          return;
        }
        ++reasons[answer.failure];
        failed[i] = failed_line(questions[i], answer.failure,
                                reply.failure.empty() ? reply.text : reply.response);
      });
  std::string lines;
  for (const auto& [question, line] : failed) lines += line;
  write_file(file("_failed.jsonl"), lines);
  log_info("{}: {}", place.path, client.account().text());
  if (failed.empty()) return answers;
  const auto worst =
      std::max_element(reasons.begin(), reasons.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::string what =
      fmt::format("{} of {} questions have no usable answer, {} of them: {}", failed.size(),
                  questions.size(), worst->second, worst->first);
  if (static_cast<double>(failed.size()) >
      options.max_failed_share * static_cast<double>(questions.size())) {
    throw DataError({.where = place.path,
                     .what = what,
                     .expected = fmt::format("at most a share of {}", options.max_failed_share),
                     .todo = "look at " + file("_failed.jsonl").string()});
  }
  log_warning("{}: {} ({})", place.path, what, file("_failed.jsonl").string());
  return answers;
}

}  // namespace twinset::pinlanding
