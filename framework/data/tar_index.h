// Where the files of a tar archive lie, found by reading its headers once; the files themselves are
// then read in any order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace twinset {

/// A regular file inside an archive.
struct TarMember {
  std::string name;
  int64_t offset = 0;  ///< of its first byte in the archive
  int64_t size = 0;    ///< in bytes
};

/// The regular files of a tar archive in order: ustar with prefixes, GNU long names, pax path and
/// size records. Folders, links and devices are passed over.
///
/// Logs a warning if the end marker is missing, or if something other than zeros follows it.
///
/// @throws DataError naming the file and the byte offset, if the file can't be read, a header's
/// checksum or size is wrong,
///         or a member reaches past the end of the file.
/// Source: POSIX.1-2008 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
std::vector<TarMember> read_tar_index(const std::filesystem::path& file);

}  // namespace twinset
