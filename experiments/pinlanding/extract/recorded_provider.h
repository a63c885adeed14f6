#pragma once

#include <memory>

#include "experiments/pinlanding/extract/attribute_provider.h"

namespace twinset::pinlanding {

/// A file of answers.
struct RecordedProviderOptions {
  std::string file;

  template <class V>
  void visit(V&& v) {
    v("file", file,
      Field{.help = "JSON lines {\"id\": ..., \"attributes\": {family: [phrase, ...]}}, or "
                    "{\"id\": ..., \"answer\": a model's text with that object}"});
  }
};

/// Answers from a file; a product that it does not have has failed.
/// @throws ConfigError if no file is named; DataError (from `extract`) naming the line of a broken
/// or repeated answer
std::unique_ptr<AttributeProvider> make_recorded_provider(const RecordedProviderOptions& options,
                                                          const ProviderContext& context);

/// What the wardrobe's model says: raw_attributes of its truth.jsonl.
struct WardrobeProviderOptions {
  template <class V>
  void visit(V&&) {}
};

/// @throws ConfigError if the data set is not the wardrobe
std::unique_ptr<AttributeProvider> make_wardrobe_provider(const WardrobeProviderOptions& options,
                                                          const ProviderContext& context);

}  // namespace twinset::pinlanding
