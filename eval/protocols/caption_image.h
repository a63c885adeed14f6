#pragma once

#include <memory>

#include "eval/subject.h"
#include "framework/core/options.h"

namespace twinset {

struct CaptionImageOptions {
  std::vector<int64_t> cuts = {1, 5, 10, 50};

  template <class V>
  void visit(V&& v) {
    v("cuts", cuts, Field{.help = "K of hit@K, recall@K and precision@K", .min = 1});
  }
};

/// Caption to image and back.
///
/// Rules: a product's caption is its title, compared as a string; products without one take no
/// part. Captions that several products share are one caption.
/// - caption_to_image: each different caption is a query, the gallery is all images, relevant are
///   all images with this caption.
/// - image_to_caption: each image is a query, the gallery is the different captions, one of them is
///   relevant.
/// Both report the hit-based and the fractional recall (group_retrieval.h), which differ where
/// captions repeat: M-BEIR's tasks 0 and 3 on Fashion200K count hits, BEIR and Marqo the fraction.
/// M-BEIR's pool is the images of all splits and its queries a sample; here both are one split's.
/// The product's embedding must not see the title: with a title tower the answer leaks
/// (evaluation.inputs=image).
/// Source: Wei et al. 2023, arXiv:2311.17136 (UniIR, M-BEIR).
std::unique_ptr<SubjectProtocol> make_caption_image(const CaptionImageOptions& options);

}  // namespace twinset
