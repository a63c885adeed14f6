#include "framework/encoders/text_context.h"

#include <fmt/format.h>

#include "framework/core/error.h"
#include "framework/data/tokenizer.h"

namespace twinset {

void check_text_context(const char* encoder, const EncoderContext& context) {
  if (context.token_vocabulary <= Tokenizer::kEnd) {
    throw ConfigError({.where = encoder,
                       .what = fmt::format("a vocabulary of {} tokens", context.token_vocabulary),
                       .expected = "padding, start and end, and at least one more",
                       .todo = "learn the tokenizer first"});
  }
  if (context.context_length < 2) {
    throw ConfigError({.where = encoder,
                       .what = fmt::format("a context length of {}", context.context_length),
                       .expected = "at least 2, for start and end",
                       .todo = ""});
  }
}

}  // namespace twinset
