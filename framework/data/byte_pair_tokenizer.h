// Byte-pair encoding learned from the training text.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/options.h"
#include "framework/data/tokenizer.h"

namespace twinset {

/// How a byte-pair vocabulary is learned.
struct BytePairOptions {
  int64_t vocabulary_size = 2048;
  int64_t min_pair_count = 2;
  bool lower_case = true;

  template <class V>
  void visit(V&& v) {
    v("vocabulary_size", vocabulary_size,
      Field{.help = "token ids in all; fewer if the text has not so many pairs",
            .unit = "tokens",
            .min = 259,
            .max = 1 << 20});
    v("min_pair_count", min_pair_count, Field{.help = "a rarer pair is not merged", .min = 1});
    v("lower_case", lower_case, Field{.help = "ASCII and Latin-1 letters become lower case"});
  }
};

/// The text that a byte-pair tokenizer encodes: runs of blanks become one space, none at the ends;
/// lower case if wanted.
std::string normalize_text(std::string_view text, bool lower_case);

/// Cuts a normalised text into the pieces that are never merged with each other: runs of letters
/// (every byte from 0x80 up counts as one), of digits, or of anything else. A piece that begins a
/// word carries a space in front, the first one too, so that a word has the same tokens wherever it
/// stands. No piece is longer than 64 bytes.
std::vector<std::string> split_words(std::string_view normalized);

/// Learns merges from `texts`: the most frequent pair of neighbouring tokens becomes a new token,
/// again and again. Ties go to the pair with the smaller left id, then right id. Ids: 3 special
/// ones, 256 bytes, then merges in the order of learning.
///
/// decode(encode(x)) is normalize_text(x). `encode` may be called from several threads.
/// Source: Sennrich et al. 2016, arXiv:1508.07909, section 3.2, on bytes.
std::unique_ptr<Tokenizer> learn_byte_pair_tokenizer(const std::vector<std::string>& texts,
                                                     const BytePairOptions& options);

/// The tokenizer that `save` described. @throws DataError if its name is unknown or its merges are
/// inconsistent.
std::unique_ptr<Tokenizer> load_tokenizer(const nlohmann::json& saved);

}  // namespace twinset
