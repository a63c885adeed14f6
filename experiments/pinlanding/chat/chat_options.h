#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "framework/core/options.h"

namespace twinset::pinlanding {

/// How a model behind the OpenAI-compatible interface (vLLM, llama.cpp, Ollama, hosted) is asked.
/// The key itself is never an option.
struct ChatOptions {
  std::string url = "http://localhost:8000/v1/chat/completions";
  std::optional<std::string> api_key_env;
  std::optional<std::string> ca_file;
  int64_t max_in_flight = 8;
  double requests_per_minute = 0;
  int64_t max_retries = 5;
  double backoff_seconds = 1;
  double backoff_max_seconds = 60;
  double connect_timeout_seconds = 10;
  double timeout_seconds = 120;
  double input_price = 0;
  double output_price = 0;
  double budget = 0;

  template <class V>
  void visit(V&& v) {
    v("url", url, Field{.help = "of chat completions, http or https"});
    v("api_key_env", api_key_env,
      Field{.help = "environment variable that holds the API key; null: none is sent"});
    v("ca_file", ca_file, Field{.help = "certificates of authorities, PEM; null: the system's"});
    v("max_in_flight", max_in_flight,
      Field{.help = "requests at a time", .unit = "requests", .min = 1, .max = 1024});
    v("requests_per_minute", requests_per_minute,
      Field{.help = "most requests in a minute, spaced evenly; 0: no limit",
            .unit = "requests",
            .min = 0});
    v("max_retries", max_retries,
      Field{.help = "tries after the first, for what may pass: no connection, time-out, 408, 429, "
                    "5xx, a broken answer",
            .min = 0});
    v("backoff_seconds", backoff_seconds,
      Field{.help = "wait before the first retry; doubles, times a random factor from 0.5 to 1; a "
                    "server's Retry-After counts if it is longer",
            .unit = "s",
            .min = 0});
    v("backoff_max_seconds", backoff_max_seconds,
      Field{.help = "longest wait that doubling gives", .unit = "s", .min = 0});
    v("connect_timeout_seconds", connect_timeout_seconds,
      Field{.help = "for a connection", .unit = "s", .above = 0});
    v("timeout_seconds", timeout_seconds,
      Field{.help = "for a whole request", .unit = "s", .above = 0});
    v("input_price", input_price, Field{.help = "of a million prompt tokens", .min = 0});
    v("output_price", output_price, Field{.help = "of a million tokens of answers", .min = 0});
    v("budget", budget,
      Field{.help = "no request is sent that may cost more in all, earlier runs in this folder "
                    "included; 0: no limit",
            .min = 0});
  }
};

}  // namespace twinset::pinlanding
