#include "framework/losses/builtin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace twinset {
namespace {

LossRegistry registry() {
  LossRegistry result("loss");
  register_builtin_losses(result);
  return result;
}

TEST(BuiltinLosses, EveryPluginFileIsRegisteredAndHasAConfig) {
  std::vector<std::string> stems;
  for (const auto& entry : std::filesystem::directory_iterator("framework/losses")) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    if (text.find("std::unique_ptr<Loss> make_") != std::string::npos)
      stems.push_back(entry.path().stem());
  }
  std::sort(stems.begin(), stems.end());
  EXPECT_EQ(stems, registry().names());
  for (const std::string& name : stems)
    EXPECT_TRUE(std::filesystem::exists("configs/loss/" + name + ".yaml")) << name;
}

TEST(BuiltinLosses, EveryLossIsMadeByItsDefaults) {
  for (const std::string& name : registry().names()) {
    Node node = Node::map();
    node.set("name", name);
    EXPECT_NE(registry().create(node), nullptr) << name;
  }
}

TEST(BuiltinLosses, AMisspeltNameIsToldWithTheNearest) {
  Node node = Node::map();
  node.set("name", "infonce");
  try {
    registry().create(node);
    FAIL();
  } catch (const ConfigError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.find("loss.name: unknown loss 'infonce', expected one of: alignment, "), 0u)
        << message;
    EXPECT_NE(message.find("; did you mean 'info_nce'?"), std::string::npos) << message;
  }
}

TEST(BuiltinLosses, AMisspeltKeyIsToldWithTheNearest) {
  Node node = Node::map();
  node.set("name", "info_nce");
  node.set("temprature", 0.1);
  try {
    registry().create(node);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "loss: unknown key 'temprature', expected one of: name, temperature, "
                 "document_weight, kernel; did you mean 'temperature'?");
  }
}

}  // namespace
}  // namespace twinset
