#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace twinset::pinlanding {

/// A chat completion, as far as it counts here.
struct ChatAnswer {
  std::string text;
  std::string failure;  ///< why the text can't be used: cut off, refused, none; empty: it can
  std::optional<int64_t> prompt_tokens, completion_tokens;
};

/// Reads the body of a chat completion, whole or as a stream of events; none if it is not one
/// (broken JSON, no choice, a stream without its end).
std::optional<ChatAnswer> read_chat_answer(const std::string& body);

/// A server's message in the body of an error, or the body's first bytes.
std::string error_message(const std::string& body);

}  // namespace twinset::pinlanding
