#include "framework/data/tokenizer.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>

#include "framework/core/error.h"

namespace twinset {

at::Tensor tokenize(const Tokenizer& tokenizer, const std::vector<std::string>& texts,
                    int64_t context_length) {
  if (context_length < 3) {
    throw ConfigError({.where = "context_length",
                       .what = fmt::format("is {}", context_length),
                       .expected = "at least 3: start, one token, end"});
  }
  at::Tensor tokens = at::zeros({static_cast<int64_t>(texts.size()), context_length}, at::kLong);
  int64_t* row = tokens.data_ptr<int64_t>();
  for (const std::string& text : texts) {
    const std::vector<int64_t> ids = tokenizer.encode(text);
    const int64_t kept = std::min<int64_t>(static_cast<int64_t>(ids.size()), context_length - 2);
    row[0] = Tokenizer::kStart;
    std::copy_n(ids.begin(), kept, row + 1);
    row[kept + 1] = Tokenizer::kEnd;
    row += context_length;
  }
  return tokens;
}

}  // namespace twinset
