// Many requests to a chat model: in flight together, limited, retried, paid once.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "experiments/pinlanding/chat/chat_options.h"

namespace twinset::pinlanding {

/// What became of a request.
struct ChatReply {
  std::string text;      ///< the message's content
  std::string failure;   ///< why there is none; empty: `text` holds
  std::string response;  ///< what the server sent, when it has failed
};

/// What was asked and what it cost.
struct ChatAccount {
  int64_t num_sent = 0;      ///< requests, retries among them
  int64_t num_answered = 0;  ///< by the server
  int64_t num_cached = 0;    ///< found among earlier answers
  int64_t num_retries = 0;
  int64_t prompt_tokens = 0;  ///< of all answers in the cache's file
  int64_t completion_tokens = 0;
  double cost = 0;  ///< likewise
  std::string text() const;
};

/// Sends requests and keeps every answer in a file, by a digest of the address and all that is
/// sent.
class ChatClient {
 public:
  /// @throws ConfigError if the address is neither http nor https, or the key's variable is not set
  ChatClient(const ChatOptions& options, std::filesystem::path cache_file);
  ~ChatClient();

  /// Asks `count` questions. `body(i)` is the JSON text of one, made when its turn comes; `use(i,
  /// reply)` is called once each, in any order, on this thread.
  ///
  /// @throws SystemError   the server refuses the key (401, 403); the budget does not last
  /// @throws Interrupted   when asked to stop, after the answers that are on their way
  void ask(size_t count, const std::function<std::string(size_t)>& body,
           const std::function<void(size_t, ChatReply)>& use);

  ChatAccount account() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Checks the options without connecting. @throws ConfigError
void check_chat_options(const ChatOptions& options, const std::string& path);

}  // namespace twinset::pinlanding
