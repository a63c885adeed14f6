#include "eval/ranking/trec_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

// A file's bytes, mapped: nothing is copied, and pages that are not looked at are not read.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
      const std::string reason = descriptor < 0 ? std::strerror(errno) : "is no file";
      if (descriptor >= 0) ::close(descriptor);
      throw DataError(
          {.where = path.string(), .what = "can't be read: " + reason, .expected = "a TREC file"});
    }
    size_ = static_cast<size_t>(status.st_size);
    if (size_ > 0) {
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
    }
    ::close(descriptor);
    if (data_ == MAP_FAILED)
      throw SystemError({.where = path.string(),
                         .what = std::string("can't be mapped: ") + std::strerror(errno)});
  }
  ~MappedFile() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

struct Format {
  size_t num_fields;  // at least
  size_t value_field;
  bool is_whole;
  const char* expected;
};
constexpr Format kRun = {5, 4, false, "'query Q0 document rank score tag'"};
constexpr Format kJudgments = {4, 3, true, "'query 0 document grade', the grade a whole number"};
constexpr size_t kMostFields = 5;
constexpr size_t kChunkBytes = size_t{4} << 20;

// A problem at a byte of the file; the line is counted only then.
struct Problem {
  const char* at;
  std::string what;
};

using Queries = std::vector<TrecTable::Query>;

std::optional<Problem> parse(std::string_view text, const Format& format, Queries& queries) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const char* line = at;
    const auto* line_end =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
    if (line_end == nullptr) line_end = end;
    at = line_end + 1;
    std::array<std::string_view, kMostFields> fields;
    size_t count = 0;
    for (const char* c = line; count < format.num_fields;) {
      while (c < line_end && is_space(*c)) ++c;
      if (c == line_end) break;
      const char* begin = c;
      while (c < line_end && !is_space(*c)) ++c;
      fields[count++] = {begin, static_cast<size_t>(c - begin)};
    }
    if (count == 0) continue;
    if (count < format.num_fields) return Problem{line, fmt::format("has {} fields", count)};
    const std::string_view text_value = fields[format.value_field];
    double value = 0.0;
    const char* const value_end = text_value.data() + text_value.size();
    const bool has_plus = text_value.starts_with('+');
    const auto result = std::from_chars(text_value.data() + has_plus, value_end, value);
    if (result.ec != std::errc() || result.ptr != value_end || !std::isfinite(value) ||
        (format.is_whole && (value != std::floor(value) || std::abs(value) > 1e9))) {
      return Problem{
          line, fmt::format("has the {} '{}'", format.is_whole ? "grade" : "score", text_value)};
    }
    if (queries.empty() || queries.back().id != fields[0]) queries.push_back({fields[0], {}});
    queries.back().entries.push_back({fields[2], value});
  }
  return std::nullopt;
}

std::vector<std::string_view> cut_at_lines(std::string_view text) {
  std::vector<std::string_view> chunks;
  while (!text.empty()) {
    size_t end = text.size() <= kChunkBytes ? text.size() : text.find('\n', kChunkBytes);
    end = end == std::string_view::npos ? text.size() : std::min(end + 1, text.size());
    chunks.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return chunks;
}

}  // namespace

class TrecReader {
 public:
  static TrecTable read(const std::filesystem::path& file, const Format& format, int num_threads) {
    const auto mapped = std::make_shared<MappedFile>(file);
    const std::string_view text = mapped->text();
    const auto chunks = cut_at_lines(text);
    std::vector<Queries> parts(chunks.size());
    std::vector<std::optional<Problem>> problems(chunks.size());
    parallel_for(static_cast<int64_t>(chunks.size()),
                 num_threads > 0 ? num_threads : available_cores(), [&](int64_t i) {
                   const auto at = static_cast<size_t>(i);
                   problems[at] = parse(chunks[at], format, parts[at]);
                 });
    for (const auto& problem : problems) {
      if (!problem) continue;
      const auto line = std::count(text.data(), problem->at, '\n') + 1;
      throw DataError({.where = fmt::format("{}:{}", file.string(), line),
                       .what = problem->what,
                       .expected = format.expected});
    }
    TrecTable table;
    table.content_ = mapped;
    std::unordered_map<std::string_view, size_t> places;
    for (Queries& part : parts) {
      for (TrecTable::Query& query : part) {
        table.num_entries_ += static_cast<int64_t>(query.entries.size());
        const auto [place, is_new] = places.emplace(query.id, table.queries_.size());
        if (is_new) {
          table.queries_.push_back(std::move(query));
        } else {
          auto& entries = table.queries_[place->second].entries;
          entries.insert(entries.end(), query.entries.begin(), query.entries.end());
        }
      }
    }
    if (table.queries_.empty())
      throw DataError({.where = file.string(), .what = "is empty", .expected = format.expected});
    return table;
  }
};

TrecTable read_trec_run(const std::filesystem::path& file, int num_threads) {
  return TrecReader::read(file, kRun, num_threads);
}

TrecTable read_trec_judgments(const std::filesystem::path& file, int num_threads) {
  return TrecReader::read(file, kJudgments, num_threads);
}

namespace {

void check_id(const std::filesystem::path& file, const std::string& id) {
  if (!id.empty() && id.find_first_of(" \t\r\n") == std::string::npos) return;
  throw DataError({.where = file.string(),
                   .what = fmt::format("the id '{}'", id),
                   .expected = "ids without white space, not empty"});
}

template <class Line>
void write_lines(const std::filesystem::path& file, const std::vector<TrecRanking>& rankings,
                 const Line& line) {
  AtomicFile out(file);
  for (const TrecRanking& ranking : rankings) {
    check_id(file, ranking.query);
    TWINSET_CHECK(ranking.documents.size() == ranking.scores.size(), "a score for each document");
    std::string text;
    for (size_t i = 0; i < ranking.documents.size(); ++i) {
      check_id(file, ranking.documents[i]);
      text += line(ranking, i);
    }
    out.write(text);
  }
  out.commit();
}

}  // namespace

void write_trec_run(const std::filesystem::path& file, const std::vector<TrecRanking>& rankings,
                    const std::string& tag) {
  check_id(file, tag);
  write_lines(file, rankings, [&](const TrecRanking& ranking, size_t i) {
    return fmt::format("{} Q0 {} {} {} {}\n", ranking.query, ranking.documents[i], i + 1,
                       ranking.scores[i], tag);
  });
}

void write_trec_judgments(const std::filesystem::path& file,
                          const std::vector<TrecRanking>& judgments) {
  write_lines(file, judgments, [](const TrecRanking& ranking, size_t i) {
    return fmt::format("{} 0 {} {}\n", ranking.query, ranking.documents[i],
                       static_cast<int64_t>(ranking.scores[i]));
  });
}

}  // namespace twinset
