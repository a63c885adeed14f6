#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/tensor_fwd.h"

namespace twinset {

/// Text to token ids. Ids 0, 1, 2 are padding, start and end in every tokenizer.
class Tokenizer {
 public:
  static constexpr int64_t kPad = 0, kStart = 1, kEnd = 2;

  virtual ~Tokenizer() = default;
  /// The ids of a text, without start, end or padding. Never fails: unknown bytes have ids of their
  /// own.
  virtual std::vector<int64_t> encode(std::string_view text) const = 0;
  virtual std::string decode(const std::vector<int64_t>& ids) const = 0;
  virtual int64_t vocabulary_size() const = 0;  ///< the three special ids included
  /// Everything needed to make it again, with its kind under "name".
  virtual nlohmann::json save() const = 0;
};

/// start, ids, end, then padding: [texts, context_length] int64. A longer text is cut, and still
/// ends with `kEnd`.
at::Tensor tokenize(const Tokenizer& tokenizer, const std::vector<std::string>& texts,
                    int64_t context_length);

}  // namespace twinset
