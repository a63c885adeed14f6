// A pipeline's folder that begins where another one is.
#pragma once

#include <filesystem>

namespace twinset::pinlanding {

/// @throws ConfigError if `base` has no finished stage, or is `folder`
void check_base(const std::filesystem::path& base, const std::filesystem::path& folder);

/// Puts the finished stages of the pipeline in `base` into `folder`, with their manifest: what is
/// up to date there is up to date here. Large files are linked where the file system can, which is
/// safe since stages replace files and never write into them; caches, which grow, are copied.
/// @throws SystemError if another process works in `base`
void begin_with(const std::filesystem::path& base, const std::filesystem::path& folder);

}  // namespace twinset::pinlanding
