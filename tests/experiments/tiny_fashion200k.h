// The wardrobe in Fashion200K's layout, small enough for a test, rendered once for all of them.
#pragma once

#include <filesystem>

#include "datasets/wardrobe/wardrobe.h"
#include "tests/testing/temporary_folder.h"

namespace twinset::testing {

inline const std::filesystem::path& tiny_fashion200k() {
  static const TemporaryFolder folder;
  static const std::filesystem::path root = [] {
    const std::filesystem::path path = folder.path() / "fashion200k";
    wardrobe::write_wardrobe({.folder = path.string(),
                              .layout = "fashion200k",
                              .num_products = 160,
                              .seed = 3,
                              .views = 1,
                              .test_fraction = .4,
                              .num_queries = 0});
    return path;
  }();
  return root;
}

}  // namespace twinset::testing
