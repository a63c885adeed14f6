// Many questions of one kind to a language model, each answered by a JSON object.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "experiments/pinlanding/chat/chat_model.h"

namespace twinset::pinlanding {

struct ChatQuestionsOptions {
  ChatModelOptions model;
  bool send_image = false;
  double max_failed_share = 0.02;

  template <class V>
  void visit(V&& v) {
    model.visit(v);
    v("send_image", send_image, Field{.help = "the picture that a question is about goes with it"});
    v("max_failed_share", max_failed_share,
      Field{.help = "more questions without a usable answer stop the stage", .min = 0, .max = 1});
  }
};

/// One of them.
struct ChatQuestion {
  std::map<std::string, std::string> values;  ///< what the prompt's placeholders stand for
  std::function<std::string()> image = {};    ///< the encoded picture it is about; not set: none
};

/// Where questions are asked from.
struct ChatQuestionsPlace {
  std::string path;              ///< of the options, "topics.title_model"
  std::filesystem::path folder;  ///< of the stage
  std::string name;              ///< of the files in it, "titles"
};

/// Reads and checks the options without connecting. @throws ConfigError
ChatQuestionsOptions read_chat_questions(const Node& node, const std::string& path);

/// Asks them all. Every answer is kept in NAME_cache.jsonl, so that none is paid twice; a question
/// without a usable answer is named in NAME_failed.jsonl, a line {"question", "reason", "answer"}.
///
/// @param problem_of  why an object can't be used, or ""
/// @return [questions] the objects; none where there is no usable answer
/// @throws DataError when more than max_failed_share are without; ConfigError for send_image where
/// questions have no picture; what ChatClient::ask throws
std::vector<std::optional<nlohmann::ordered_json>> ask_chat_questions(
    const ChatQuestionsOptions& options, const std::vector<ChatQuestion>& questions,
    const ChatQuestionsPlace& place,
    const std::function<std::string(const nlohmann::ordered_json&)>& problem_of);

}  // namespace twinset::pinlanding
