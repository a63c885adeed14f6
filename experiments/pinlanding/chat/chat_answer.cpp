#include "experiments/pinlanding/chat/chat_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostShownBytes = 300;

std::optional<int64_t> tokens_of(const Json& usage, const char* key) {
  const auto value = usage.is_object() ? usage.find(key) : usage.end();
  if (!usage.is_object() || value == usage.end() || !value->is_number_integer())
    return std::nullopt;
  return value->get<int64_t>();
}

std::string text_at(const Json& object, const char* key) {
  const auto value = object.find(key);
  return value != object.end() && value->is_string() ? value->get<std::string>() : "";
}

// Server-sent events, which some servers send whether asked to or not, as the completion that they
// add up to; null if the end is missing.
Json completion_of_events(const std::string& body) {
  std::string content, finish_reason;
  Json usage;
  bool is_done = false;
  for (size_t begin = 0; begin < body.size();) {
    const size_t end = std::min(body.find('\n', begin), body.size());
    const std::string line = body.substr(begin, end - begin);
    begin = end + 1;
    if (line.rfind("data:", 0) != 0) continue;
    is_done = is_done || line.find("[DONE]") != std::string::npos;
    const Json event = Json::parse(line.substr(5), nullptr, false);
    if (!event.is_object()) continue;
    if (event.contains("usage") && event["usage"].is_object()) usage = event["usage"];
    if (!event.contains("choices") || !event["choices"].is_array() || event["choices"].empty() ||
        !event["choices"][0].is_object())
      continue;
    const Json& choice = event["choices"][0];
    if (choice.contains("delta") && choice["delta"].is_object())
      content += text_at(choice["delta"], "content");
    if (const std::string reason = text_at(choice, "finish_reason"); !reason.empty())
      finish_reason = reason;
  }
  if (!is_done && finish_reason.empty()) return nullptr;
  Json choice = {{"finish_reason", finish_reason}, {"message", {{"content", content}}}};
  Json completion = {{"choices", Json::array({choice})}};
  if (!usage.is_null()) completion["usage"] = usage;
  return completion;
}

}  // namespace

std::optional<ChatAnswer> read_chat_answer(const std::string& body) {
  const Json json =
      body.rfind("data:", 0) == 0 ? completion_of_events(body) : Json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("choices") || !json["choices"].is_array() ||
      json["choices"].empty())
    return std::nullopt;
  const Json& choice = json["choices"][0];
  if (!choice.is_object() || !choice.contains("message") || !choice["message"].is_object())
    return std::nullopt;
  ChatAnswer answer;
  answer.text = text_at(choice["message"], "content");
  if (json.contains("usage")) {
    answer.prompt_tokens = tokens_of(json["usage"], "prompt_tokens");
    answer.completion_tokens = tokens_of(json["usage"], "completion_tokens");
  }
  const std::string reason = text_at(choice, "finish_reason"),
                    refusal = text_at(choice["message"], "refusal");
  if (reason == "length")
    answer.failure = "the answer was cut off at the limit of tokens";
  else if (reason == "content_filter")
    answer.failure = "the server filtered the answer";
  else if (!refusal.empty())
    answer.failure = "the model refuses: " + refusal;
  else if (answer.text.empty())
    answer.failure = "the answer has no text";
  return answer;
}

std::string error_message(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_object() && json.contains("error")) {
    const Json& error = json["error"];
    if (error.is_string()) return error.get<std::string>();
    if (error.is_object() && !text_at(error, "message").empty()) return text_at(error, "message");
  }
  return body.size() <= kMostShownBytes ? body : body.substr(0, kMostShownBytes) + "...";
}

}  // namespace twinset::pinlanding
