// Finds the merges of a byte-pair vocabulary.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace twinset {

/// Two neighbouring tokens that become one.
using TokenPair = std::pair<int32_t, int32_t>;

/// The first id that stands for a byte, and the first that stands for a merge.
constexpr int32_t kFirstByteToken = 3, kFirstMergeToken = kFirstByteToken + 256;

/// Up to `num_merges` merges of the words with the given counts, most frequent pair first; ties go
/// to the smaller pair. Keeps the pair counts up to date word by word, so the time is near linear
/// in the text.
std::vector<TokenPair> learn_merges(const std::unordered_map<std::string, int64_t>& word_counts,
                                    int64_t num_merges, int64_t min_pair_count);

/// Replaces every `pair` in `tokens`, from left to right, by `merged`.
void merge_pair(std::vector<int32_t>& tokens, TokenPair pair, int32_t merged);

/// A map key for a pair.
inline uint64_t pair_key(TokenPair pair) {
  return uint64_t{static_cast<uint32_t>(pair.first)} << 32 | static_cast<uint32_t>(pair.second);
}

/// The byte tokens of a text.
std::vector<int32_t> byte_tokens(std::string_view text);

}  // namespace twinset
