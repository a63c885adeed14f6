#include "experiments/pinlanding/chat/chat_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <map>
#include <queue>
#include <set>
#include <vector>

#include "experiments/pinlanding/chat/answer_cache.h"
#include "experiments/pinlanding/chat/chat_answer.h"
#include "experiments/pinlanding/chat/http_transfers.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"
#include "framework/core/random.h"
#include "framework/core/sha256.h"

namespace twinset::pinlanding {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

std::string read_key(const ChatOptions& options) {
  if (!options.api_key_env) return "";
  const char* key = std::getenv(options.api_key_env->c_str());
  if (key == nullptr || *key == 0) {
    throw ConfigError(
        {.where = "api_key_env",
         .what = fmt::format("the environment variable '{}' is not set", *options.api_key_env),
         .expected = "the API key in it"});
  }
  if (std::string_view(key).find_first_of("\r\n") != std::string_view::npos) {
    throw ConfigError(
        {.where = "api_key_env",
         .what = fmt::format("the key in '{}' has a line break", *options.api_key_env)});
  }
  return key;
}

bool may_pass(const HttpResult& result) {
  return result.status == 0 || result.status == 408 || result.status == 425 ||
         result.status == 429 || result.status >= 500;
}

}  // namespace

std::string ChatAccount::text() const {
  std::string text =
      fmt::format("{} requests ({} retries), {} answers from the cache, {} + {} tokens in all",
                  num_sent, num_retries, num_cached, prompt_tokens, completion_tokens);
  return cost > 0 ? text + fmt::format(", cost {:.4f}", cost) : text;
}

void check_chat_options(const ChatOptions& options, const std::string& path) {
  if (options.url.rfind("http://", 0) != 0 && options.url.rfind("https://", 0) != 0) {
    throw ConfigError({.where = path + ".url",
                       .what = fmt::format("is '{}'", options.url),
                       .expected = "an address that begins with http:// or https://"});
  }
  if (options.budget > 0 && options.input_price == 0 && options.output_price == 0) {
    throw ConfigError({.where = path + ".budget",
                       .what = "can't be kept without prices",
                       .todo = "set input_price and output_price, of a million tokens"});
  }
  read_key(options);
}

class ChatClient::Impl {
 public:
  Impl(const ChatOptions& options, std::filesystem::path cache_file)
      : options_(options),
        key_(read_key(options)),
        cache_(std::move(cache_file)),
        transfers_(options, key_) {
    for (const auto& [digest, answer] : cache_.answers()) add_cost(answer);
  }

  void ask(size_t count, const std::function<std::string(size_t)>& body,
           const std::function<void(size_t, ChatReply)>& use) {
    count_ = count, body_ = &body, use_ = &use, next_ = 0, num_done_ = 0;
    std::exception_ptr stop;
    while (num_done_ < count_) {
      try {
        if (stop == nullptr && interrupt_requested())
          throw Interrupted({.what = "interrupted; the same command goes on"});
        if (stop == nullptr) start_more();
        log_progress();
      } catch (...) {
        stop = std::current_exception();
      }
      // What is on its way is paid for: it is awaited and kept, whatever stops the rest.
      if (stop != nullptr && transfers_.num_running() == 0) std::rethrow_exception(stop);
      for (const HttpResult& result : transfers_.wait(wait_seconds())) {
        try {
          take(result, stop != nullptr);
        } catch (...) {
          if (stop == nullptr) stop = std::current_exception();
        }
      }
    }
    if (stop != nullptr) std::rethrow_exception(stop);
  }

  ChatAccount account() const { return account_; }

 private:
  struct Question {
    std::vector<size_t> indices;  ///< those that ask exactly the same
    std::string digest;
    int64_t tries = 0;
  };

  void start_more() {
    while (transfers_.num_running() < static_cast<size_t>(options_.max_in_flight) &&
           Clock::now() >= not_before_) {
      const bool has_retry = !retries_.empty() && retries_.top().first <= Clock::now();
      if (!has_retry && next_ == count_) return;
      if (!has_retry && answer_known()) continue;
      if (!may_spend()) return;
      uint64_t id = 0;
      if (has_retry) {
        id = retries_.top().second;
        retries_.pop();
        ++account_.num_retries;
      } else {
        id = open_question();
      }
      Question& question = questions_.at(id);
      ++question.tries;
      ++account_.num_sent;
      if (options_.requests_per_minute > 0)
        not_before_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                         Seconds(60 / options_.requests_per_minute));
      transfers_.start(id, (*body_)(question.indices.front()));
    }
  }

  // Answers the next question from the cache, or with one that is on its way; false: it has to be
  // sent.
  bool answer_known() {
    next_digest_ = sha256(options_.url + "\n" + (*body_)(next_));
    if (const CachedAnswer* cached = cache_.find(next_digest_)) {
      const auto answer = read_chat_answer(cached->response);
      ++account_.num_cached;
      deliver(next_++, answer ? ChatReply{answer->text, answer->failure,
                                          answer->failure.empty() ? "" : cached->response}
                              : ChatReply{"", "the cached answer can't be read", cached->response});
      return true;
    }
    const auto same = by_digest_.find(next_digest_);
    if (same == by_digest_.end()) return false;
    questions_.at(same->second).indices.push_back(next_++);
    return true;
  }

  uint64_t open_question() {
    const uint64_t id = next_id_++;
    questions_[id] = {{next_++}, next_digest_, 0};
    by_digest_[next_digest_] = id;
    return id;
  }

  // False: not before an answer is there. Throws if the budget is used up.
  bool may_spend() {
    if (options_.budget == 0) return true;
    const size_t running = transfers_.num_running();
    constexpr double kRounding = 1 + 1e-9;
    if (account_.cost + static_cast<double>(running + 1) * highest_cost_ <=
            kRounding * options_.budget &&
        (highest_cost_ > 0 || running == 0))
      return true;
    if (running > 0) return false;
    throw SystemError(
        {.where = "budget",
         .what = fmt::format("{:.4f} of {:.4f} are spent, and the next answer may cost {:.4f}",
                             account_.cost, options_.budget, highest_cost_),
         .todo = "raise the budget and run again: what was answered is kept"});
  }

  void take(const HttpResult& result, bool is_stopping) {
    Question& question = questions_.at(result.id);
    const bool is_success = result.status >= 200 && result.status < 300;
    if (is_success) ++account_.num_answered;
    const std::string body = without_key(result.body);
    const auto answer = is_success ? read_chat_answer(body) : std::nullopt;
    if (answer) {
      const CachedAnswer paid{body, answer->prompt_tokens.value_or(0),
                              answer->completion_tokens.value_or(0)};
      cache_.add(question.digest, paid);
      add_cost(paid);
      close(result.id, {answer->text, answer->failure, answer->failure.empty() ? "" : body},
            is_stopping);
      if (options_.budget > 0 && (!answer->prompt_tokens || !answer->completion_tokens)) {
        throw SystemError(
            {.where = options_.url,
             .what = "answers do not say their tokens (usage), so the budget can't be kept",
             .todo = "set budget=0 if the server is free"});
      }
      return;
    }
    const std::string reason = is_success ? "the answer is no chat completion"
                               : result.status == 0
                                   ? without_key(result.error)
                                   : fmt::format("HTTP {}: {}", result.status, error_message(body));
    if (result.status == 401 || result.status == 403) {
      throw SystemError({.where = options_.url,
                         .what = "the server refuses: " + reason,
                         .todo = options_.api_key_env
                                     ? fmt::format("look at the key in {}", *options_.api_key_env)
                                     : "name the key's variable in api_key_env"});
    }
    if ((may_pass(result) || is_success) && question.tries <= options_.max_retries) {
      if (!is_stopping) retry(result, reason);
      return;
    }
    close(result.id,
          {"",
           question.tries > 1 ? fmt::format("no answer in {} tries: {}", question.tries, reason)
                              : reason,
           body},
          is_stopping);
  }

  void retry(const HttpResult& result, const std::string& reason) {
    const Question& question = questions_.at(result.id);
    CounterRandom random({0, static_cast<uint32_t>(question.tries), result.id, "back-off"});
    const double doubled =
        options_.backoff_seconds * std::exp2(static_cast<double>(question.tries - 1));
    const double own = std::min(options_.backoff_max_seconds, doubled) * random.uniform(.5, 1);
    const double seconds = std::max(own, result.retry_after_seconds.value_or(0));
    const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
    // A server that says when is asked nothing before.
    if (result.retry_after_seconds) not_before_ = std::max(not_before_, until);
    retries_.push({until, result.id});
    log_debug("try {} failed, again in {:.1f} s: {}", question.tries, seconds, reason);
  }

  void close(uint64_t id, const ChatReply& reply, bool is_stopping) {
    const Question question = questions_.at(id);
    questions_.erase(id);
    by_digest_.erase(question.digest);
    if (is_stopping) return;
    for (const size_t index : question.indices) deliver(index, reply);
  }

  void deliver(size_t index, ChatReply reply) {
    ++num_done_;
    (*use_)(index, std::move(reply));
  }

  double cost_of(int64_t prompt_tokens, int64_t completion_tokens) const {
    return (static_cast<double>(prompt_tokens) * options_.input_price +
            static_cast<double>(completion_tokens) * options_.output_price) /
           1e6;
  }

  void add_cost(const CachedAnswer& answer) {
    account_.prompt_tokens += answer.prompt_tokens;
    account_.completion_tokens += answer.completion_tokens;
    // From the tokens in all, so that the order of answers does not matter.
    account_.cost = cost_of(account_.prompt_tokens, account_.completion_tokens);
    highest_cost_ =
        std::max(highest_cost_, cost_of(answer.prompt_tokens, answer.completion_tokens));
  }

  double wait_seconds() const {
    double seconds = 0.2;
    const auto until = [&](Clock::time_point time) {
      seconds = std::clamp(Seconds(time - Clock::now()).count(), 0.001, seconds);
    };
    if (!retries_.empty())
      until(std::max(retries_.top().first, not_before_));
    else if (next_ < count_ && not_before_ > Clock::now())
      until(not_before_);
    return seconds;
  }

  void log_progress() {
    if (Clock::now() - logged_ < std::chrono::seconds(10)) return;
    logged_ = Clock::now();
    log_info("{}/{} answers; {}", num_done_, count_, account_.text());
  }

  // A server may repeat the key in an error.
  std::string without_key(std::string text) const {
    for (size_t at = 0; !key_.empty() && (at = text.find(key_, at)) != std::string::npos; at += 3)
      text.replace(at, key_.size(), "***");
    return text;
  }

  ChatOptions options_;
  std::string key_;
  AnswerCache cache_;
  HttpTransfers transfers_;
  ChatAccount account_;
  double highest_cost_ = 0;

  size_t count_ = 0, next_ = 0, num_done_ = 0;
  const std::function<std::string(size_t)>* body_ = nullptr;
  const std::function<void(size_t, ChatReply)>* use_ = nullptr;
  std::string next_digest_;
  uint64_t next_id_ = 0;
  std::map<uint64_t, Question> questions_;     ///< sent, or waiting for a retry
  std::map<std::string, uint64_t> by_digest_;  ///< of `questions_`
  using Retry = std::pair<Clock::time_point, uint64_t>;
  std::priority_queue<Retry, std::vector<Retry>, std::greater<>> retries_;
  Clock::time_point not_before_{}, logged_ = Clock::now();
};

ChatClient::ChatClient(const ChatOptions& options, std::filesystem::path cache_file)
    : impl_(std::make_unique<Impl>(options, std::move(cache_file))) {}
ChatClient::~ChatClient() = default;
void ChatClient::ask(size_t count, const std::function<std::string(size_t)>& body,
                     const std::function<void(size_t, ChatReply)>& use) {
  impl_->ask(count, body, use);
}
ChatAccount ChatClient::account() const { return impl_->account(); }

}  // namespace twinset::pinlanding
