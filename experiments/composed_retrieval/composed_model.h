#pragma once

#include <memory>
#include <string>

#include "eval/subject.h"
#include "experiments/composed_retrieval/composed_data.h"
#include "experiments/composed_retrieval/composed_options.h"
#include "experiments/twinset/run_model.h"

namespace twinset {

/// Towers of composed retrieval: queries of a source image and a modification text, documents that
/// are images.
struct ComposedModel {
  std::unique_ptr<Encoder> image_alone;  ///< the image tower, where the query has none
  Encoder* image =
      nullptr;  ///< the tower of target images, and of source images where the query has one
  RunModel model;
};

/// @param query    "image" or "text" alone, or the kind of fusion of both
/// @param gallery  the training images, which are the documents
/// @throws ConfigError if the config names no image or no text tower
ComposedModel make_composed_model(const ComposedRunOptions& options, const std::string& query,
                                  int64_t seed, const Tokenizer& tokenizer,
                                  const ComposedGallery& gallery, const Plugins& plugins);

/// The towers as what a protocol judges: products are the gallery's images under the image tower,
/// queries are composed by the query tower. It embeds no texts alone. The references outlive it.
std::unique_ptr<Subject> make_composed_subject(const ComposedRunOptions& options,
                                               const std::string& split,
                                               const ComposedGallery& gallery,
                                               const AttributeVocabulary& vocabulary,
                                               const Tokenizer& tokenizer, ComposedModel& model);

}  // namespace twinset
