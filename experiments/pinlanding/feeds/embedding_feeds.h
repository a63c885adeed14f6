#pragma once

#include <vector>

#include "experiments/pinlanding/feeds/feed_builder.h"
#include "experiments/pinlanding/feeds/feed_options.h"
#include "experiments/pinlanding/records/topics.h"
#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// Where the stage assign leaves embeddings, as eval/export_embeddings.h writes them: vocab.txt
/// with attr.npy, and NAME.ids.txt with NAME.npy for products.
inline constexpr const char* kEmbeddingsFolder = "assign/embeddings";

/// The products nearest to the mean of a topic's unit attribute embeddings, by an index of the
/// group index. The graph is not looked at. Ties: the lower id first, as far as the index keeps
/// them. Memory: all embeddings.
/// @throws DataError for embeddings that are missing, of another width, or without an attribute of
/// a topic
std::vector<std::vector<FeedEntry>> feeds_by_embeddings(const StageContext& context,
                                                        const FeedsOptions& options,
                                                        const std::vector<Topic>& topics);

}  // namespace twinset::pinlanding
