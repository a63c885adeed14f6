// Random requests with the answers of real hydra-core and OmegaConf;
// scripts/differential/hydra_config.py --golden made the file.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/config/config_server.h"
#include "tests/framework/config/config_folder.h"

namespace twinset {
namespace {

TEST(Golden, AnswersAsHydraDid) {
  ::setenv("TWINSET_TEST_VALUE", "v", 1);
  std::ifstream file("tests/framework/config/golden/hydra.jsonl");
  int num_cases = 0;
  int num_values = 0;
  for (std::string line; std::getline(file, line); ++num_cases) {
    nlohmann::ordered_json golden = nlohmann::ordered_json::parse(line);
    ConfigFolder::Files files;
    for (const auto& [name, text] : golden["files"].items()) files[name] = text;
    const ConfigFolder folder(files);
    golden["config_dir"] = folder.path().string();
    const auto reply = nlohmann::ordered_json::parse(answer_config_request(golden.dump()));
    const auto& expected = golden["reply"];
    ASSERT_EQ(reply.contains("ok"), expected.contains("ok")) << line << "\n" << reply;
    if (!expected.contains("ok")) continue;
    EXPECT_EQ(reply["ok"].dump(), expected["ok"].dump()) << line;
    ++num_values;
  }
  EXPECT_GE(num_cases, 200);
  EXPECT_GE(num_values, 100);
}

}  // namespace
}  // namespace twinset
