#include "eval/protocols/composed_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <unordered_map>

#include "framework/core/atomic_file.h"
#include "framework/core/random.h"

namespace twinset {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string replace_all(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

std::string strip(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

ComposedQuery make_query(int64_t source, const std::string& source_caption,
                         const std::string& target_caption) {
  const auto [source_word, target_word] = different_words(source_caption, target_caption);
  return {source, target_caption, source_word, target_word};
}

}  // namespace

std::string modification_text(const ComposedQuery& query) {
  return "replace " + query.source_word + " with " + query.target_word;
}

std::string clean_caption(const std::string& caption) {
  std::string text = strip(caption);
  for (const auto& [mark, word] :
       {std::pair{".", "dotmark"}, {"?", "questionmark"}, {"&", "andmark"}, {"*", "starmark"}}) {
    text = replace_all(text, mark, word);
  }
  return text;
}

std::pair<std::string, std::string> different_words(const std::string& source_caption,
                                                    const std::string& target_caption) {
  const std::vector<std::string> source = words_of(source_caption),
                                 target = words_of(target_caption);
  const auto first_missing = [](const std::vector<std::string>& words,
                                const std::vector<std::string>& others) {
    for (const std::string& word : words) {
      if (std::ranges::find(others, word) == others.end()) return word;
    }
    return words.empty() ? std::string() : words.back();
  };
  return {first_missing(source, target), first_missing(target, source)};
}

std::vector<std::string> parent_captions(const std::string& caption) {
  std::vector<std::string> parents;
  for (const std::string& word : words_of(caption)) {
    parents.push_back(strip(replace_all(replace_all(caption, word, ""), "  ", " ")));
  }
  return parents;
}

std::vector<ComposedQuery> generate_composed_queries(const std::vector<std::string>& captions,
                                                     uint64_t seed) {
  std::map<std::string, std::vector<std::string>>
      children;  // of a parent: each different caption once, in bytewise order
  for (const std::string& caption : std::set<std::string>(captions.begin(), captions.end())) {
    for (const std::string& parent : parent_captions(caption)) {
      std::vector<std::string>& siblings = children[parent];
      if (siblings.empty() || siblings.back() != caption) siblings.push_back(caption);
    }
  }
  std::vector<ComposedQuery> queries;
  for (size_t i = 0; i < captions.size(); ++i) {
    std::vector<std::string> parents = parent_captions(captions[i]);
    std::erase_if(parents,
                  [&](const std::string& parent) { return children.at(parent).size() < 2; });
    if (parents.empty()) continue;
    CounterRandom random({.seed = seed, .sample = i, .purpose = "composed query"});
    const std::vector<std::string>& siblings = children.at(parents[random.below(parents.size())]);
    std::string target = captions[i];
    while (target == captions[i]) target = siblings[random.below(siblings.size())];
    queries.push_back(make_query(static_cast<int64_t>(i), captions[i], target));
  }
  return queries;
}

std::vector<ComposedQuery> read_composed_queries(const std::filesystem::path& file,
                                                 const std::vector<std::string>& ids,
                                                 const std::vector<std::string>& captions) {
  std::unordered_map<std::string, int64_t> row_of;
  for (size_t i = 0; i < ids.size(); ++i) row_of.emplace(ids[i], static_cast<int64_t>(i));
  std::istringstream lines(read_file(file));
  std::vector<ComposedQuery> queries;
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const std::vector<std::string> paths = words_of(line);
    if (paths.empty()) continue;
    const auto fail = [&](const std::string& what) {
      throw DataError({.where = fmt::format("{}:{}", file.string(), number),
                       .what = what,
                       .expected = "'source_path target_path' of the split's images"});
    };
    if (paths.size() != 2) fail(fmt::format("has {} fields", paths.size()));
    int64_t rows[2] = {};
    for (size_t i = 0; i < 2; ++i) {
      const auto found = row_of.find(std::filesystem::path(paths[i]).stem().string());
      if (found == row_of.end()) fail(fmt::format("'{}' is no image of the split", paths[i]));
      rows[i] = found->second;
    }
    queries.push_back(make_query(rows[0], captions[static_cast<size_t>(rows[0])],
                                 captions[static_cast<size_t>(rows[1])]));
  }
  return queries;
}

}  // namespace twinset
