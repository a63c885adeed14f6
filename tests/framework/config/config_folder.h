// A temporary folder of configuration files for one test.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "framework/config/compose.h"
#include "framework/core/error.h"

namespace twinset {

class ConfigFolder {
 public:
  using Files = std::map<std::string, std::string>;  // path and text

  explicit ConfigFolder(const Files& files) {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            (std::string("twinset_") + test->test_suite_name() + "_" + test->name() + "_" +
             std::to_string(getpid()));
    std::filesystem::remove_all(path_);
    for (const auto& [name, text] : files) {
      const std::filesystem::path file = path_ / name;
      std::filesystem::create_directories(file.parent_path());
      std::ofstream(file) << text;
    }
  }
  ~ConfigFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }
  Composition compose(const std::vector<std::string>& overrides = {},
                      const std::string& name = "config") const {
    return twinset::compose({.config_dir = path_, .config_name = name, .overrides = overrides});
  }
  /// The message of the error that composing gives, with the folder's path cut off; "" if there is
  /// none.
  std::string error(const std::vector<std::string>& overrides = {},
                    const std::string& name = "config") const {
    try {
      compose(overrides, name);
    } catch (const Error& error) {
      std::string text = error.what();
      const std::string prefix = path_.string() + "/";
      for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
        text.erase(at, prefix.size());
      return text;
    }
    return "";
  }

 private:
  std::filesystem::path path_;
};

/// The message of the ConfigError that `body` throws; "" if it throws none.
template <class F>
std::string error_of(F body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace twinset
