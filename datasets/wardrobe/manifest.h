// What says which data set a folder holds, and whether it is complete.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/wardrobe/wardrobe.h"

namespace twinset::wardrobe {

/// Goes up when the same options would give other bytes.
inline constexpr int kWardrobeVersion = 2;
inline constexpr const char* kManifestName = "wardrobe.json";
inline constexpr const char* kUnfinishedName = "wardrobe.unfinished.json";

/// Identifies the bytes: the options without folder and threads, and the version.
std::string options_digest(const WardrobeOptions& options);

enum class FolderState { kEmpty, kUnfinished, kComplete };

/// Looks at the folder: complete means that every file of the manifest has its size. @throws
/// ConfigError if it holds another data set, or files of this name of unknown origin.
FolderState check_folder(const WardrobeOptions& options);

/// Says that this data set is being written here.
void mark_unfinished(const WardrobeOptions& options);
/// Says that it is complete; removes the mark.
/// @param files  to be looked for when the folder is opened again, relative to it
void write_manifest(const WardrobeOptions& options, const WardrobeSummary& summary,
                    const std::vector<std::string>& files);
/// The summary in a complete folder's manifest.
WardrobeSummary read_manifest(const std::filesystem::path& folder);

}  // namespace twinset::wardrobe
