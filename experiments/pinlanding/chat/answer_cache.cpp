#include "experiments/pinlanding/chat/answer_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void fail(const std::filesystem::path& file, const char* action) {
  throw SystemError(
      {.where = file.string(), .what = fmt::format("can't {}: {}", action, std::strerror(errno))});
}

}  // namespace

AnswerCache::AnswerCache(std::filesystem::path file) : file_(std::move(file)) {
  std::filesystem::create_directories(file_.parent_path());
  descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail(file_, "open the file");
  load();
}

AnswerCache::~AnswerCache() { ::close(descriptor_); }

void AnswerCache::load() {
  const std::string text = read_file(file_);
  const size_t whole = text.empty() ? 0 : text.rfind('\n') + 1;
  int64_t number = 0;
  for (size_t begin = 0; begin < whole;) {
    const size_t end = text.find('\n', begin);
    ++number;
    const Json json = Json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                  text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (!json.is_object() || !json.contains("key") || !json.contains("response")) {
      throw DataError({.where = fmt::format("{}:{}", file_.string(), number),
                       .what = "is no cached answer",
                       .todo = "remove the line; what it held is asked again"});
    }
    answers_[json["key"].get<std::string>()] = {json["response"].get<std::string>(),
                                                json.value("prompt_tokens", int64_t{0}),
                                                json.value("completion_tokens", int64_t{0})};
    begin = end + 1;
  }
  if (whole < text.size() && ::ftruncate(descriptor_, static_cast<off_t>(whole)) != 0)
    fail(file_, "drop the last line, which is cut off");
}

const CachedAnswer* AnswerCache::find(const std::string& key) const {
  const auto entry = answers_.find(key);
  return entry == answers_.end() ? nullptr : &entry->second;
}

void AnswerCache::add(const std::string& key, CachedAnswer answer) {
  const Json json = {{"key", key},
                     {"prompt_tokens", answer.prompt_tokens},
                     {"completion_tokens", answer.completion_tokens},
                     {"response", answer.response}};
  const std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (size_t written = 0; written < line.size();) {
    const ssize_t count = ::write(descriptor_, line.data() + written, line.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(file_, "write");
    written += static_cast<size_t>(count);
  }
  if (::fdatasync(descriptor_) != 0) fail(file_, "sync");
  answers_[key] = std::move(answer);
}

}  // namespace twinset::pinlanding
