// Answers that were paid for, by what was asked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>

namespace twinset::pinlanding {

/// What a server answered.
struct CachedAnswer {
  std::string response;  ///< the body, JSON
  int64_t prompt_tokens = 0;
  int64_t completion_tokens = 0;
};

/// A file of JSON lines that only grows. A line is on the disk before `add` returns, so that a
/// process that is killed has lost none of its answers; a line that was cut off by the kill is
/// dropped when the file is opened again.
class AnswerCache {
 public:
  /// @throws SystemError if the file can't be opened; DataError naming a line that is broken and
  /// not the last
  explicit AnswerCache(std::filesystem::path file);
  ~AnswerCache();
  AnswerCache(const AnswerCache&) = delete;
  AnswerCache& operator=(const AnswerCache&) = delete;

  /// @param key  of the request: a digest of all that is sent
  const CachedAnswer* find(const std::string& key) const;
  void add(const std::string& key, CachedAnswer answer);
  const std::unordered_map<std::string, CachedAnswer>& answers() const { return answers_; }

 private:
  void load();

  std::filesystem::path file_;
  int descriptor_ = -1;
  std::unordered_map<std::string, CachedAnswer> answers_;
};

}  // namespace twinset::pinlanding
