// YAML as OmegaConf reads it: YAML 1.1 typing, duplicate keys are errors, merge keys, anchors.
// Every node keeps the place it was written at.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "framework/core/node.h"

namespace twinset {

/// The document in `text`: a map or a list; an empty document is an empty map, a lone string an
/// empty key. Interpolations are kept as text, but their syntax is checked.
///
/// @param name  what messages and locations call the text, such as its path
/// @throws ConfigError with name:line for broken YAML, a duplicate key, a tag that has no meaning
/// here, a second document
Node load_yaml(std::string_view text, const std::string& name);

/// The document in a file. @throws ConfigError as `load_yaml`, DataError if the file can't be read.
Node load_yaml_file(const std::filesystem::path& path);

}  // namespace twinset
