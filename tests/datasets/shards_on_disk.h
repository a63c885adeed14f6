// Small product shards and a label tree on disk, for the readers' tests.
#pragma once

#include <filesystem>
#include <string>

#include "framework/core/atomic_file.h"
#include "tests/framework/data/goldens.h"
#include "tests/framework/data/tar_writer.h"
#include "tests/framework/data/temporary_folder.h"

namespace twinset {

inline std::string product_json(const std::string& id, const std::string& title) {
  return R"({"id": ")" + id + R"(", "title": ")" + title +
         R"(", "colour": "Red", "sizes": [36, 38], "weight": 0.5, "new": true, "brand": null, "note": ""})";
}

}  // namespace twinset
