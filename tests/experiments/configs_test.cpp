// Every file in configs/ composes, and says everything its options struct knows.
#include <gtest/gtest.h>

#include <cstdlib>

#include "experiments/composed_retrieval/composed_options.h"
#include "experiments/twinset/plugins.h"
#include "experiments/twinset/run_options.h"
#include "framework/config/compose.h"
#include "framework/config/yaml.h"
#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

void expect_every_option(const Node& config, const std::vector<FieldInfo>& fields,
                         const std::string& what) {
  for (const FieldInfo& field : fields)
    EXPECT_NE(config.find_path(field.name), nullptr) << what << " lacks " << field.name;
}

TEST(Configs, ThePrimaryConfigListsEveryOption) {
  expect_every_option(
      compose({.config_dir = "configs", .config_name = "config", .overrides = {}, .resolve = true})
          .config,
      describe_options<RunOptions>(), "config.yaml");
}

TEST(Configs, EveryChoiceOfEveryGroupReadsStrictlyAndListsEveryOption) {
  const Plugins plugins = builtin_plugins();
  const auto check = [](const std::string& group, const auto& registry) {
    for (const std::string& choice : list_options("configs", group)) {
      Node node = load_yaml_file("configs/" + group + "/" + choice + ".yaml");
      // One that is made of others composes them.
      if (node.find("defaults") != nullptr) {
        node = compose({.config_dir = "configs",
                        .config_name = "config",
                        .overrides = {group + "=" + choice},
                        .resolve = true})
                   .config.at(group);
      }
      if (*node.find("name") == Node("none")) continue;
      EXPECT_EQ(testing::message_of([&] { registry.check(node); }), "no error")
          << group << "/" << choice;
      expect_every_option(node, registry.find(node).options, group + "/" + choice);
    }
  };
  check("loss", plugins.losses);
  check("negatives", plugins.negatives);
  check("encoder", plugins.encoders);
  check("title_encoder", plugins.encoders);
  check("attribute_encoder", plugins.encoders);
  check("optimizer", plugins.optimizers);
  check("schedule", plugins.schedules);
  check("index", plugins.indexes);
  check("protocol", plugins.protocols);
  check("launcher", plugins.launchers);
  check("search", plugins.searches);
  for (const auto& file : std::filesystem::directory_iterator("configs/dataset")) {
    const Node node = load_yaml_file(file.path());
    const auto& entry = plugins.datasets.find(node.at("reader"));
    expect_every_option(node.at("reader"), entry.options, file.path().string());
  }
}

TEST(Configs, EveryExperimentAndArmComposes) {
  ::setenv("TWINSET_MYNTRA", "shards", 0);
  ::setenv("TWINSET_FASHION200K", "fashion200k", 0);
  for (const auto& experiment : list_options("configs", "experiment")) {
    if (experiment.rfind("pinlanding", 0) == 0)
      continue;  // of another primary config: pinlanding/pinlanding_config_test.cpp
    const Node config = compose({.config_dir = "configs",
                                 .config_name = "config",
                                 .overrides = {"+experiment=" + experiment},
                                 .resolve = true})
                            .config;
    const auto read = [&] {
      if (config.find("composed") != nullptr)
        read_options<ComposedRunOptions>(config, "");
      else
        read_options<RunOptions>(config, "");
    };
    EXPECT_EQ(testing::message_of(read), "no error") << experiment;
  }
  for (const auto& arm : list_options("configs", "arm")) {
    const Node config = compose({.config_dir = "configs",
                                 .config_name = "config",
                                 .overrides = {"+experiment=myntra", "+arm=" + arm},
                                 .resolve = true})
                            .config;
    EXPECT_EQ(testing::message_of([&] { read_options<RunOptions>(config, ""); }), "no error")
        << arm;
  }
}

}  // namespace
}  // namespace twinset
