// Several HTTP requests at a time on one thread, by libcurl.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/pinlanding/chat/chat_options.h"

namespace twinset::pinlanding {

/// A finished request.
struct HttpResult {
  uint64_t id = 0;
  int64_t status = 0;  ///< 0: there was no whole answer
  std::string body;
  std::string error;                          ///< why there is none
  std::optional<double> retry_after_seconds;  ///< as the server asks
};

/// POSTs of JSON. Redirections are not followed: the key goes to the named server alone.
class HttpTransfers {
 public:
  /// @param api_key  sent as a bearer token; empty: none
  HttpTransfers(const ChatOptions& options, const std::string& api_key);
  ~HttpTransfers();

  void start(uint64_t id, std::string body);
  size_t num_running() const;
  /// Waits up to `seconds` for something to happen, and returns what has finished.
  std::vector<HttpResult> wait(double seconds);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace twinset::pinlanding
