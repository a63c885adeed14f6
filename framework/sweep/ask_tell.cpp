#include "framework/sweep/ask_tell.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <set>

#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

using Json = nlohmann::ordered_json;

/// A file of JSON lines that one process appends to and another follows.
class JsonLines {
 public:
  explicit JsonLines(std::filesystem::path path) : path_(std::move(path)) {}

  void append(const Json& line) {
    const std::string text = line.dump() + "\n";
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const bool is_written =
        file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int reason = errno;
    if (file >= 0) ::close(file);
    if (!is_written)
      throw SystemError({.where = path_.string(),
                         .what = fmt::format("can't be written: {}", std::strerror(reason))});
  }

  /// Lines that were completed since the last call.
  std::vector<Json> read_new() {
    std::vector<Json> lines;
    if (!std::filesystem::exists(path_)) return lines;
    const std::string text = read_file(path_);
    for (size_t end; (end = text.find('\n', offset_)) != std::string::npos; offset_ = end + 1) {
      ++line_;
      const std::string line = text.substr(offset_, end - offset_);
      if (line.empty()) continue;
      lines.push_back(Json::parse(line, nullptr, false));
      if (!lines.back().is_object()) {
        throw DataError({.where = fmt::format("{}:{}", path_.string(), line_),
                         .what = "is '" + line.substr(0, 80) + "'",
                         .expected = "a JSON object"});
      }
    }
    return lines;
  }

  /// Cuts off a line that a killed process began.
  void drop_partial_line() {
    if (!std::filesystem::exists(path_)) return;
    const std::string text = read_file(path_);
    const size_t end = text.rfind('\n');
    std::filesystem::resize_file(path_, end == std::string::npos ? 0 : end + 1);
  }

  const std::filesystem::path& path() const { return path_; }
  int64_t line() const { return line_; }

 private:
  std::filesystem::path path_;
  size_t offset_ = 0;
  int64_t line_ = 0;
};

Json to_json(const SweepAxis& axis) {
  Json json = {{"keys", axis.keys}};
  if (!axis.interval) {
    json["points"] = axis.points;
    return json;
  }
  const Node &low = axis.interval->start, &high = axis.interval->stop;
  json["low"] = twinset::to_json(low);
  json["high"] = twinset::to_json(high);
  json["whole"] = low.is_int() && high.is_int();
  json["log"] = axis.interval->tags.count("log") > 0;
  return json;
}

class AskTell final : public Search {
 public:
  AskTell(AskTellOptions options, SearchContext context)
      : options_(std::move(options)),
        context_(std::move(context)),
        folder_(context_.folder / "search"),
        requests_(folder_ / "requests.jsonl"),
        answers_(folder_ / "answers.jsonl") {}

  ~AskTell() override {
    try {
      end();
    } catch (const std::exception& error) {
      log_error("{}", error.what());
    }
  }

  bool is_adaptive() const override { return true; }

  Proposal ask(int64_t number) override {
    if (number >= options_.num_jobs) return {};
    begin();
    read_answers();
    if (const auto answer = answers_by_job_.find(number); answer != answers_by_job_.end()) {
      return {.kind = Proposal::Kind::kJob, .overrides = answer->second};
    }
    if (is_done_) return {};
    if (asked_.insert(number).second) requests_.append({{"ask", number}});
    check_program();
    return {.kind = Proposal::Kind::kWait, .overrides = {}};
  }

  void tell(const JobRecord& job) override {
    begin();
    if (!told_.insert(job.number).second) return;
    Json value;
    if (job.state == JobState::kComplete) {
      const auto metric = find_metric(job.result, options_.metric);
      if (!metric) {
        throw ConfigError({.where = "search.metric",
                           .what = fmt::format("'{}' is not in the result of job {}",
                                               options_.metric, job.number),
                           .expected = "a number in " + job.result.dump().substr(0, 300)});
      }
      value = *metric;
    }
    requests_.append({{"tell", job.number},
                      {"state", job_state_name(job.state)},
                      {"value", value},
                      {"overrides", job.job.overrides}});
  }

 private:
  void begin() {
    if (has_begun_) return;
    has_begun_ = true;
    std::filesystem::create_directories(folder_);
    requests_.drop_partial_line();
    for (const Json& line : requests_.read_new()) {
      if (line.contains("ask")) asked_.insert(line["ask"].get<int64_t>());
      if (line.contains("tell")) told_.insert(line["tell"].get<int64_t>());
    }
    if (requests_.line() == 0) {
      auto axes = Json::array();
      for (const SweepAxis& axis : context_.axes) axes.push_back(to_json(axis));
      requests_.append({{"protocol", 1},
                        {"metric", options_.metric},
                        {"direction", options_.direction},
                        {"axes", axes}});
    }
    if (!options_.command.empty()) start_program();
  }

  void start_program() {
    const std::filesystem::path log = folder_ / "search.log";
    const pid_t parent = ::getpid();
    program_ = ::fork();
    if (program_ < 0)
      throw SystemError({.where = options_.command[0],
                         .what = fmt::format("can't be started: {}", std::strerror(errno))});
    if (program_ > 0) return;
    ::setpgid(0, 0);  // Ctrl-C is for the sweep, which then tells the program to end
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    std::string folder = folder_.string();
    std::vector<char*> pointers;
    for (std::string& argument : options_.command) pointers.push_back(argument.data());
    pointers.push_back(folder.data());
    pointers.push_back(nullptr);
    if (::getppid() == parent) ::execvp(pointers[0], pointers.data());
    std::perror(pointers[0]);
    ::_exit(127);
  }

  void check_program() {
    int status = 0;
    if (program_ <= 0 || ::waitpid(program_, &status, WNOHANG) != program_) return;
    program_ = -1;
    read_answers();
    if (is_done_) return;
    throw SystemError({.where = options_.command[0],
                       .what = "the search's program ended before it was done",
                       .expected = "an answer to each {\"ask\": ...}",
                       .todo = "its output is " + (folder_ / "search.log").string() +
                               "; the sweep can be resumed"});
  }

  void read_answers() {
    for (const Json& line : answers_.read_new()) {
      if (line.contains("done")) {
        is_done_ = true;
        continue;
      }
      try {
        answers_by_job_[line.at("job").get<int64_t>()] =
            line.at("overrides").get<std::vector<std::string>>();
      } catch (const nlohmann::json::exception& error) {
        throw DataError({.where = fmt::format("{}:{}", answers_.path().string(), answers_.line()),
                         .what = error.what(),
                         .expected = R"({"job": NUMBER, "overrides": [...]})"});
      }
    }
  }

  void end() {
    if (!has_begun_) return;
    requests_.append({{"end", true}});
    for (int i = 0; program_ > 0 && i < 300; ++i) {
      if (::waitpid(program_, nullptr, WNOHANG) == program_) program_ = -1;
      if (program_ > 0) ::usleep(10'000);
    }
    if (program_ > 0) ::kill(program_, SIGTERM);
  }

  AskTellOptions options_;
  SearchContext context_;
  std::filesystem::path folder_;
  JsonLines requests_, answers_;
  std::map<int64_t, std::vector<std::string>> answers_by_job_;
  std::set<int64_t> asked_, told_;
  pid_t program_ = -1;
  bool has_begun_ = false, is_done_ = false;
};

}  // namespace

std::optional<double> find_metric(const Json& result, const std::string& path) {
  if (!result.is_object()) return std::nullopt;
  if (const auto whole = result.find(path); whole != result.end())
    return whole->is_number() ? std::optional(whole->get<double>()) : std::nullopt;
  for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    const auto part = result.find(path.substr(0, dot));
    if (part == result.end()) continue;
    if (const auto found = find_metric(*part, path.substr(dot + 1))) return found;
  }
  return std::nullopt;
}

std::unique_ptr<Search> make_ask_tell(const AskTellOptions& options, const SearchContext& context) {
  if (options.metric.empty()) {
    throw ConfigError({.where = "search.metric",
                       .what = "is empty",
                       .expected = "what the search maximises or minimises",
                       .todo = "for example search.metric=val.product_to_attribute.map"});
  }
  return std::make_unique<AskTell>(options, context);
}

}  // namespace twinset
