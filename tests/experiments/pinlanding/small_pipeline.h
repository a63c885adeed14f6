// A pipeline's folder with files made by hand.
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "experiments/pinlanding/stage.h"
#include "experiments/twinset/plugins.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset::pinlanding::testing {

class SmallPipeline : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) {
    write_file(folder() / name, content);
  }
  std::string read(const std::string& name) const { return read_file(folder() / name); }
  bool has(const std::string& name) const { return std::filesystem::exists(folder() / name); }
  const std::filesystem::path& folder() const { return folder_.path(); }

  /// Checks and runs a stage under a configuration. @return its line, or the message of its error
  std::string run(const Stage& stage, const std::string& yaml) {
    write("config.yaml", yaml);
    const Node config = load_yaml_file((folder() / "config.yaml").string());
    const Plugins plugins = builtin_plugins();
    const StageContext context{folder(), config, plugins};
    std::filesystem::create_directories(folder() / stage.name);
    try {
      stage.check(context);
      return stage.run(context);
    } catch (const Error& error) {
      return std::string("error: ") + error.what();
    }
  }

 private:
  twinset::testing::TemporaryFolder folder_;
};

}  // namespace twinset::pinlanding::testing
