// Images and captions as sources, modification texts and targets.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "framework/core/sparse_pairs.h"
#include "framework/data/dataset.h"
#include "framework/data/transform.h"

namespace twinset {

/// The readable images of a split, decoded, and their captions. The data set outlives it.
struct ComposedGallery {
  const Dataset* dataset = nullptr;
  std::vector<int64_t> samples;       ///< [N] positions in the data set, ascending
  std::vector<std::string> captions;  ///< [N] titles, cleaned as TIRG does
  at::Tensor images;                  ///< [N, H, W, 3] uint8, resized whole
};

/// Decodes a split. Images that can't be read are named in the log and left out.
/// @param max_gigabytes  bound of the decoded images, which stay in memory
/// @throws ConfigError if they need more; DataError if none can be read
ComposedGallery decode_gallery(const Dataset& dataset, const TransformOptions& transform,
                               double max_gigabytes);

/// Training pairs of a gallery: (source image, modification text) and the images that carry the
/// target's caption.
///
/// Pairs are drawn by TIRG's rule (eval/protocols/composed_queries.h): a parent of the source's
/// caption (the caption minus one word), a sibling under it. A record's title is the modification
/// text. Which of the target's images stands for it is drawn at each step by the negatives, from
/// `targets`.
class ComposedPairs : public Dataset {
 public:
  /// @param gallery  outlives this
  /// @param draws    pairs of each image that has siblings
  /// @throws DataError if no two captions differ in one word
  ComposedPairs(const ComposedGallery& gallery, int64_t draws, uint64_t seed);

  int64_t size() const override { return static_cast<int64_t>(records_.size()); }
  const ProductRecord& record(int64_t index) const override {
    return records_[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t index) const override {
    return gallery_.dataset->image_bytes(sample(index));
  }
  std::string place(int64_t index) const override { return gallery_.dataset->place(sample(index)); }

  int64_t source(int64_t index) const {
    return sources_[static_cast<size_t>(index)];
  }                                                        ///< row of the gallery
  const SparsePairs& targets() const { return targets_; }  ///< [size, N]
  std::vector<std::string> texts() const;                  ///< [size]

 private:
  int64_t sample(int64_t index) const {
    return gallery_.samples[static_cast<size_t>(source(index))];
  }

  const ComposedGallery& gallery_;
  std::vector<ProductRecord> records_;
  std::vector<int64_t> sources_;
  SparsePairs targets_;
};

}  // namespace twinset
