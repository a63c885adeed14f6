#include <fmt/format.h>

#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/run.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"

namespace twinset {

int eval_command(const CommandLine& line, const Plugins& plugins) {
  std::vector<std::string> overrides = line.overrides;
  const std::optional<std::string> run = take_override(overrides, "run");
  const std::string split = take_override(overrides, "split").value_or("test");
  if (!run) {
    throw ConfigError({.what = "no run is named", .expected = "run=FOLDER of a finished run",
                       .todo = "for example: twinset eval run=outputs/2026-03-01/12-00-00 split=test"});
  }
  Node config = load_yaml_file(std::filesystem::path(*run) / "config.yaml");
  for (const std::string& text : overrides) {
    const size_t equals = text.find('=');
    const std::string key = text.substr(0, equals);
    if (equals == std::string::npos || config.find_path(key) == nullptr) {
      throw_unknown_name(text, "key", key, {"run", "split", "evaluation.export_embeddings", "evaluation.mirror", "trainer.precision"});
    }
    config.set_path(key, load_yaml("value: " + text.substr(equals + 1), "override '" + text + "'").at("value"));
  }
  for (const auto& [name, value] : evaluate_run(config, plugins, *run, split)) {
    std::puts(fmt::format("{:<64} {:.6f}", name, value).c_str());
  }
  return 0;
}

}  // namespace twinset
