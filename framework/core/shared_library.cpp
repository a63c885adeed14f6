#include "framework/core/shared_library.h"

#include <dlfcn.h>

namespace twinset {

namespace fs = std::filesystem;

std::vector<fs::path> library_folders() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> folders = {program};
  for (fs::path parent = program.parent_path(); parent != parent.root_path() && folders.size() < 6;
       parent = parent.parent_path()) {
    folders.push_back(parent / "lib");
  }
  return folders;
}

void* open_library(const std::string& name, const std::vector<fs::path>& folders, int flags,
                   std::string& reason) {
  std::string path = name;
  for (const fs::path& folder : folders) {
    std::error_code ignored;
    if (fs::exists(folder / name, ignored)) {
      path = (folder / name).string();
      break;
    }
  }
  void* handle = dlopen(path.c_str(), flags);
  if (handle == nullptr) reason = dlerror();
  return handle;
}

}  // namespace twinset
