// Libraries that are opened at run time, so that the program starts on machines without them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace twinset {

/// Where the program's own libraries lie: beside it and in lib folders above it (an installed
/// program has ../lib, one in a build tree the tree's own).
std::vector<std::filesystem::path> library_folders();

/// Opens the first of the candidates that exists; the name alone, through the loader's path, if
/// none does. Null, and the loader's `reason`, if that fails. `flags` are dlopen's.
void* open_library(const std::string& name, const std::vector<std::filesystem::path>& folders,
                   int flags, std::string& reason);

}  // namespace twinset
