#include "framework/data/file_patterns.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>

#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostEntries = 1000000;

/// Splits at commas outside braces.
std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '{') ++depth;
    if (i < text.size() && text[i] == '}') --depth;
    if (i == text.size() || (text[i] == ',' && depth <= 0)) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  return parts;
}

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The entries of "000..012", or nothing if it is no range.
std::optional<std::vector<std::string>> expand_range(std::string_view body,
                                                     std::string_view pattern) {
  const size_t dots = body.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const std::string_view low_text = body.substr(0, dots), high_text = body.substr(dots + 2);
  const auto low = whole_number(low_text), high = whole_number(high_text);
  if (!low || !high) return std::nullopt;
  const bool is_padded = low_text.starts_with('0') || high_text.starts_with('0');
  const size_t width = is_padded ? std::max(low_text.size(), high_text.size()) : 0;
  if (std::abs(*high - *low) >= static_cast<int64_t>(kMostEntries)) {
    throw DataError({.where = std::string(pattern),
                     .what = "the range has too many entries",
                     .expected = "at most a million"});
  }
  std::vector<std::string> entries;
  const int64_t step = *low <= *high ? 1 : -1;
  for (int64_t i = *low; i != *high + step; i += step)
    entries.push_back(fmt::format("{:0{}}", i, width));
  return entries;
}

std::string escape_glob(const std::string& text) {
  std::string escaped;
  for (char c : text) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::vector<std::string> glob_files(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  std::erase_if(paths, [](const std::string& path) { return fs::is_directory(path); });
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1));
}

}  // namespace

std::vector<std::string> expand_braces(std::string_view pattern) {
  const size_t open = pattern.find('{');
  if (open == std::string_view::npos) return {std::string(pattern)};
  size_t close = open;
  for (int depth = 0; close < pattern.size(); ++close) {
    if (pattern[close] == '{') ++depth;
    if (pattern[close] == '}' && --depth == 0) break;
  }
  if (close == pattern.size()) {
    throw DataError({.where = std::string(pattern),
                     .what = "a brace is not closed",
                     .expected = "'{a,b}' or '{000..012}'"});
  }
  const std::string_view body = pattern.substr(open + 1, close - open - 1);
  std::vector<std::string> choices;
  if (auto range = expand_range(body, pattern)) {
    choices = std::move(*range);
  } else {
    for (std::string_view part : split_at_commas(body)) {
      for (std::string& text : expand_braces(part)) choices.push_back(std::move(text));
    }
  }
  const std::vector<std::string> tails = expand_braces(pattern.substr(close + 1));
  if (choices.size() * tails.size() > kMostEntries) {
    throw DataError({.where = std::string(pattern),
                     .what = "the list has too many entries",
                     .expected = "at most a million"});
  }
  std::vector<std::string> texts;
  for (const std::string& choice : choices) {
    for (const std::string& tail : tails)
      texts.push_back(std::string(pattern.substr(0, open)) + choice + tail);
  }
  return texts;
}

std::string nearest_path(const fs::path& missing) {
  fs::path folder = missing.parent_path(), name = missing.filename();
  while (!folder.empty() && folder != folder.parent_path() && !fs::exists(folder)) {
    name = folder.filename();
    folder = folder.parent_path();
  }
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? fs::path(".") : folder, error)) {
    names.push_back(entry.path().filename().string());
    if (names.size() == 10000) break;
  }
  std::sort(names.begin(), names.end());
  const std::string nearest = nearest_name(name.string(), names);
  return nearest.empty() ? "" : fmt::format("did you mean '{}'?", (folder / nearest).string());
}

std::vector<fs::path> find_files(const fs::path& root, std::string_view patterns) {
  std::vector<fs::path> files;
  std::unordered_set<std::string> seen;
  for (std::string_view part : split_at_commas(patterns)) {
    const std::string pattern = trimmed(part);
    if (pattern.empty()) continue;
    for (const std::string& text : expand_braces(pattern)) {
      const bool is_absolute = text.starts_with('/') || root.empty();
      const std::string full = is_absolute ? text : escape_glob(root.string()) + "/" + text;
      const std::vector<std::string> found = glob_files(full);
      const fs::path plain = is_absolute ? fs::path(text) : root / text;
      if (found.empty()) {
        const fs::path folder = plain.has_parent_path() ? plain.parent_path() : fs::path(".");
        const bool has_folder = fs::is_directory(folder);
        throw DataError(
            {.where = folder.string(),
             .what = has_folder ? fmt::format("no file matches '{}'", plain.filename().string())
                                : fmt::format("the folder does not exist (looking for '{}')",
                                              plain.filename().string()),
             .todo = nearest_path(plain)});
      }
      for (const std::string& path : found) {
        if (seen.insert(path).second) files.emplace_back(path);
      }
    }
  }
  return files;
}

}  // namespace twinset
