// How trees are merged: maps key by key, everything else replaces. `???` never replaces a value. A
// value that is an interpolation of a container is written out before something is merged into it.
#pragma once

#include <string>
#include <vector>

#include "framework/core/node.h"

namespace twinset {

enum class NewKeys { kAllowed, kForbidden };

/// Merges `source` into the container of `root` at `path`.
///
/// @throws ConfigError with both places: a map meets a list; with the place and the nearest key: a
/// new key where those
///         are forbidden
void merge(Node& root, const std::vector<std::string>& path, const Node& source, NewKeys new_keys);

/// The container or value at a path of keys and indices, as written (interpolations are not
/// followed); null if none.
Node* find_piece(Node& container, const std::string& piece);

}  // namespace twinset
