#pragma once

#include <filesystem>
#include <vector>

#include "experiments/twinset/plugins.h"
#include "framework/core/node.h"

namespace twinset::pinlanding {

/// The part of the pipeline's configuration that configures a training run: all of it but the
/// pipeline's own nodes.
Node training_config(const Node& config);

/// Files whose content is the data set that `reader` names (a node with `name`): shards, label
/// files, or the rendered wardrobe's manifest and truth, which may not be there yet. @throws
/// ConfigError for a reader that is not known, DataError for no shard
std::vector<std::filesystem::path> dataset_files(const Node& reader);

}  // namespace twinset::pinlanding
