#include "framework/data/byte_pair_learning.h"

#include <algorithm>
#include <queue>
#include <string_view>

namespace twinset {
namespace {

struct Word {
  std::vector<int32_t> tokens;
  int64_t count = 0;
};

struct Counted {
  int64_t count;
  TokenPair pair;
  bool operator<(const Counted& other) const {
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

class MergeLearner {
 public:
  MergeLearner(const std::unordered_map<std::string, int64_t>& word_counts, int64_t min_pair_count)
      : min_pair_count_(min_pair_count) {
    std::vector<std::pair<std::string_view, int64_t>> sorted(word_counts.begin(),
                                                             word_counts.end());
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [text, count] : sorted) {
      words_.push_back({byte_tokens(text), count});
      add_pairs(static_cast<int32_t>(words_.size()) - 1, +1);
    }
    for (const auto& [key, count] : counts_) push(key);
    touched_.clear();
  }

  /// The most frequent pair, or count 0 when none is left.
  Counted best() {
    while (!heap_.empty()) {
      const Counted top = heap_.top();
      const int64_t count = counts_[pair_key(top.pair)];
      if (count == top.count) return top.count >= min_pair_count_ ? top : Counted{0, {}};
      heap_.pop();
      if (count > 0) heap_.push({count, top.pair});
    }
    return {0, {}};
  }

  void merge(TokenPair pair, int32_t merged) {
    std::vector<int32_t> affected = std::move(words_with_[pair_key(pair)]);
    std::sort(affected.begin(), affected.end());
    affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
    for (int32_t word : affected) {
      add_pairs(word, -1);
      merge_pair(words_[static_cast<size_t>(word)].tokens, pair, merged);
      add_pairs(word, +1);
    }
    for (uint64_t key : touched_) push(key);
    touched_.clear();
  }

 private:
  void add_pairs(int32_t index, int64_t sign) {
    const Word& word = words_[static_cast<size_t>(index)];
    for (size_t i = 1; i < word.tokens.size(); ++i) {
      const uint64_t key = pair_key({word.tokens[i - 1], word.tokens[i]});
      int64_t& count = counts_[key];
      count += sign * word.count;
      if (sign > 0) {
        std::vector<int32_t>& with = words_with_[key];
        if (with.empty() || with.back() != index) with.push_back(index);
        touched_.push_back(key);
      }
    }
  }

  void push(uint64_t key) {
    const int64_t count = counts_[key];
    if (count > 0)
      heap_.push(
          {count, {static_cast<int32_t>(key >> 32), static_cast<int32_t>(key & 0xFFFFFFFFu)}});
  }

  int64_t min_pair_count_;
  std::vector<Word> words_;
  std::unordered_map<uint64_t, int64_t> counts_;
  std::unordered_map<uint64_t, std::vector<int32_t>>
      words_with_;  // may name words that lost the pair since
  std::vector<uint64_t> touched_;
  std::priority_queue<Counted> heap_;  // counts may be out of date; `best` corrects them
};

}  // namespace

std::vector<int32_t> byte_tokens(std::string_view text) {
  std::vector<int32_t> tokens;
  for (char c : text) tokens.push_back(kFirstByteToken + static_cast<unsigned char>(c));
  return tokens;
}

void merge_pair(std::vector<int32_t>& tokens, TokenPair pair, int32_t merged) {
  size_t out = 0;
  for (size_t i = 0; i < tokens.size(); ++out) {
    const bool is_pair =
        i + 1 < tokens.size() && tokens[i] == pair.first && tokens[i + 1] == pair.second;
    tokens[out] = is_pair ? merged : tokens[i];
    i += is_pair ? 2 : 1;
  }
  tokens.resize(out);
}

std::vector<TokenPair> learn_merges(const std::unordered_map<std::string, int64_t>& word_counts,
                                    int64_t num_merges, int64_t min_pair_count) {
  MergeLearner learner(word_counts, std::max<int64_t>(1, min_pair_count));
  std::vector<TokenPair> merges;
  while (static_cast<int64_t>(merges.size()) < num_merges) {
    const Counted best = learner.best();
    if (best.count == 0) break;
    learner.merge(best.pair, kFirstMergeToken + static_cast<int32_t>(merges.size()));
    merges.push_back(best.pair);
  }
  return merges;
}

}  // namespace twinset
