#include "experiments/pinlanding/pipeline_base.h"

#include <fmt/format.h>

#include "experiments/pinlanding/file_lock.h"
#include "experiments/pinlanding/manifest.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"

namespace twinset::pinlanding {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kLinkedBytes = 1 << 20;

// Files that a person may edit in place are small.
bool may_be_linked(const fs::path& file) {
  return fs::file_size(file) >= kLinkedBytes && !file.stem().string().ends_with("cache");
}

void link_or_copy(const fs::path& from, const fs::path& to) {
  fs::create_directories(to.parent_path());
  std::error_code failed;
  if (may_be_linked(from)) {
    fs::create_hard_link(from, to, failed);
    if (!failed) return;
  }
  fs::copy_file(from, to, fs::copy_options::overwrite_existing);
}

}  // namespace

void check_base(const fs::path& base, const fs::path& folder) {
  const auto refuse = [&](const std::string& what) {
    throw ConfigError({.where = "base",
                       .what = fmt::format("{} {}", base.string(), what),
                       .expected = "the folder of another pipeline with finished stages"});
  };
  if (!fs::exists(base / "manifest.json")) refuse("has no manifest.json");
  if (fs::exists(folder) && fs::equivalent(base, folder)) refuse("is the folder itself");
  if (Manifest(base).finished().empty()) refuse("has no finished stage");
}

void begin_with(const fs::path& base, const fs::path& folder) {
  const FileLock lock(base / ".lock", FileLock::Kind::kShared, /*waits=*/false);
  const Manifest theirs(base);
  for (const auto& [stage, record] : theirs.finished()) {
    for (const auto& [file, content] : record.outputs) {
      if (fs::exists(base / file)) link_or_copy(base / file, folder / file);
    }
  }
  Manifest ours(folder);
  for (const auto& [stage, record] : theirs.finished()) ours.finish(stage, record);
  log_info("{}: begins with {} finished stages of {}", folder.string(), theirs.finished().size(),
           base.string());
}

}  // namespace twinset::pinlanding
