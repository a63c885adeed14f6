#include <fmt/format.h>

#include <cstdio>

#include "datasets/rendered_wardrobe.h"
#include "experiments/twinset/commands/commands.h"
#include "framework/config/yaml.h"

namespace twinset {

int wardrobe_command(const CommandLine& line, const Plugins&) {
  Node node = Node::map();
  for (const std::string& text : line.overrides) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos)
      throw ConfigError({.where = text, .what = "is no setting", .expected = "key=value"});
    node.set(text.substr(0, equals),
             load_yaml("value: " + text.substr(equals + 1), "override '" + text + "'").at("value"));
  }
  const auto options = read_options<wardrobe::WardrobeOptions>(node, "wardrobe");
  if (options.folder.empty()) {
    throw ConfigError(
        {.where = "wardrobe.folder",
         .what = "is empty",
         .expected = "the folder to write to",
         .todo = "for example: twinset wardrobe folder=outputs/data/wardrobe num_products=10000"});
  }
  const wardrobe::WardrobeSummary summary = write_wardrobe_with_progress(options);
  std::puts(fmt::format("{}: {} products, {} images, {:.1f} MB{}", options.folder,
                        summary.num_products, summary.num_images,
                        static_cast<double>(summary.num_bytes) / 1e6,
                        summary.was_complete ? " (was there already)" : "")
                .c_str());
  return 0;
}

}  // namespace twinset
