#include "framework/data/byte_pair_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "framework/core/error.h"
#include "framework/data/byte_pair_learning.h"

namespace twinset {
namespace {

constexpr size_t kLongestWord = 64;
constexpr size_t kMostCachedWords = 1 << 17;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

enum class CharKind { kSpace, kLetter, kDigit, kOther };

CharKind kind_of(char c) {
  if (c == ' ') return CharKind::kSpace;
  if (c >= '0' && c <= '9') return CharKind::kDigit;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80)
    return CharKind::kLetter;
  return CharKind::kOther;
}

class BytePairTokenizer : public Tokenizer {
 public:
  BytePairTokenizer(std::vector<TokenPair> merges, bool lower_case)
      : merges_(std::move(merges)), lower_case_(lower_case) {
    for (int i = 0; i < 256; ++i) bytes_of_.emplace_back(1, static_cast<char>(i));
    for (size_t i = 0; i < merges_.size(); ++i) {
      rank_.emplace(pair_key(merges_[i]), static_cast<int32_t>(i));
      bytes_of_.push_back(bytes(merges_[i].first) + bytes(merges_[i].second));
    }
  }

  std::vector<int64_t> encode(std::string_view text) const override {
    std::vector<int64_t> ids;
    for (const std::string& word : split_words(normalize_text(text, lower_case_))) {
      {
        const std::shared_lock lock(mutex_);
        const auto cached = cache_.find(word);
        if (cached != cache_.end()) {
          ids.insert(ids.end(), cached->second.begin(), cached->second.end());
          continue;
        }
      }
      std::vector<int32_t> tokens = encode_word(word);
      ids.insert(ids.end(), tokens.begin(), tokens.end());
      const std::unique_lock lock(mutex_);
      if (cache_.size() < kMostCachedWords) cache_.emplace(word, std::move(tokens));
    }
    return ids;
  }

  std::string decode(const std::vector<int64_t>& ids) const override {
    std::string text;
    for (int64_t id : ids) {
      if (id < 0 || id >= vocabulary_size()) {
        throw DataError({.where = "tokens",
                         .what = fmt::format("id {}", id),
                         .expected = fmt::format("0 to {}", vocabulary_size() - 1)});
      }
      if (id >= kFirstByteToken) text += bytes(static_cast<int32_t>(id));
    }
    return text.starts_with(' ') ? text.substr(1) : text;
  }

  int64_t vocabulary_size() const override {
    return kFirstMergeToken + static_cast<int64_t>(merges_.size());
  }

  nlohmann::json save() const override {
    return {{"name", "byte_pair"}, {"lower_case", lower_case_}, {"merges", merges_}};
  }

 private:
  const std::string& bytes(int32_t id) const {
    return bytes_of_[static_cast<size_t>(id - kFirstByteToken)];
  }

  std::vector<int32_t> encode_word(std::string_view word) const {
    std::vector<int32_t> tokens = byte_tokens(word);
    while (tokens.size() > 1) {
      int32_t best = INT32_MAX;
      for (size_t i = 1; i < tokens.size(); ++i) {
        const auto entry = rank_.find(pair_key({tokens[i - 1], tokens[i]}));
        if (entry != rank_.end()) best = std::min(best, entry->second);
      }
      if (best == INT32_MAX) break;
      merge_pair(tokens, merges_[static_cast<size_t>(best)], kFirstMergeToken + best);
    }
    return tokens;
  }

  std::vector<TokenPair> merges_;
  bool lower_case_;
  std::vector<std::string> bytes_of_;
  std::unordered_map<uint64_t, int32_t> rank_;
  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<std::string, std::vector<int32_t>> cache_;
};

std::unique_ptr<Tokenizer> load_byte_pair(const nlohmann::json& saved) {
  const auto merges = saved.at("merges").get<std::vector<TokenPair>>();
  for (size_t i = 0; i < merges.size(); ++i) {
    const int32_t limit = kFirstMergeToken + static_cast<int32_t>(i);
    const auto [left, right] = merges[i];
    if (std::min(left, right) < kFirstByteToken || std::max(left, right) >= limit) {
      throw DataError({.where = "tokenizer",
                       .what = fmt::format("merge {} joins {} and {}", i, left, right),
                       .expected = fmt::format("ids from {} to {}", kFirstByteToken, limit - 1)});
    }
  }
  return std::make_unique<BytePairTokenizer>(merges, saved.at("lower_case").get<bool>());
}

}  // namespace

std::string normalize_text(std::string_view text, bool lower_case) {
  std::string normalized;
  unsigned char previous = 0;
  for (char c : text) {
    if (is_blank(c)) {
      if (!normalized.empty() && normalized.back() != ' ') normalized += ' ';
    } else {
      auto byte = static_cast<unsigned char>(c);
      if (lower_case && c >= 'A' && c <= 'Z') byte = static_cast<unsigned char>(byte + 32);
      // Latin-1's capitals are U+00C0 to U+00DE, 0xC3 0x80 to 0x9E in UTF-8; 0x97 is the
      // multiplication sign.
      if (lower_case && previous == 0xC3 && byte >= 0x80 && byte <= 0x9E && byte != 0x97)
        byte = static_cast<unsigned char>(byte + 32);
      normalized += static_cast<char>(byte);
    }
    previous = static_cast<unsigned char>(c);
  }
  if (normalized.ends_with(' ')) normalized.pop_back();
  return normalized;
}

std::vector<std::string> split_words(std::string_view normalized) {
  std::vector<std::string> words;
  bool begins_word = true;
  CharKind previous = CharKind::kSpace;
  for (char c : normalized) {
    const CharKind kind = kind_of(c);
    if (kind == CharKind::kSpace) {
      begins_word = true;
    } else {
      if (begins_word) {
        words.emplace_back(" ");
      } else if (kind != previous || words.back().size() >= kLongestWord) {
        words.emplace_back();
      }
      words.back() += c;
      begins_word = false;
    }
    previous = kind;
  }
  return words;
}

std::unique_ptr<Tokenizer> learn_byte_pair_tokenizer(const std::vector<std::string>& texts,
                                                     const BytePairOptions& options) {
  std::unordered_map<std::string, int64_t> counts;
  for (const std::string& text : texts) {
    for (const std::string& word : split_words(normalize_text(text, options.lower_case)))
      ++counts[word];
  }
  std::vector<TokenPair> merges =
      learn_merges(counts, options.vocabulary_size - kFirstMergeToken, options.min_pair_count);
  return std::make_unique<BytePairTokenizer>(std::move(merges), options.lower_case);
}

std::unique_ptr<Tokenizer> load_tokenizer(const nlohmann::json& saved) {
  try {
    const auto name = saved.at("name").get<std::string>();
    if (name == "byte_pair") return load_byte_pair(saved);
    throw DataError({.where = "tokenizer",
                     .what = fmt::format("unknown kind '{}'", name),
                     .expected = "byte_pair"});
  } catch (const nlohmann::json::exception& error) {
    throw DataError(
        {.where = "tokenizer", .what = fmt::format("is no saved tokenizer ({})", error.what())});
  }
}

}  // namespace twinset
