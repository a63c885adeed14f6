#include "experiments/twinset/show_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "experiments/twinset/environment.h"
#include "experiments/twinset/plugins.h"
#include "framework/config/builtin_configs.h"
#include "framework/config/defaults_list.h"
#include "framework/config/interpolation.h"
#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace {

std::string title(const std::string& text) {
  return fmt::format("\n{}\n{:*<{}}\n", text, "", text.size());
}

void add_tree(const DefaultsTree& tree, size_t depth, std::string& out) {
  out += fmt::format("{:{}}{}{}\n", "", 2 * depth, tree.label,
                     tree.children.empty()                                      ? ""
                     : depth == 0 || tree.label.find(": ") == std::string::npos ? ":"
                                                                                : "");
  for (const DefaultsTree& child : tree.children) add_tree(child, depth + 1, out);
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string text = "|";
    for (size_t i = 0; i < rows[r].size(); ++i)
      text += fmt::format(" {:<{}} |", rows[r][i], widths[i]);
    out += text + "\n";
    if (r == 0) out += std::string(text.size(), '-') + "\n";
  }
  return out;
}

std::vector<Override> parsed(const std::vector<std::string>& texts) {
  std::vector<Override> overrides;
  for (const std::string& text : texts) overrides.push_back(parse_override(text));
  return overrides;
}

std::string search_path(const CommandLine& line) {
  Composer composer = make_composer(line);
  const Composition composition = composer.compose(line.config_name, line.overrides, false);
  std::vector<std::vector<std::string>> rows = {{"Provider", "Search path"},
                                                {"twinset", "built in: hydra/..."}};
  for (const Node& source : composition.hydra.find_path("runtime.config_sources")->as_list()) {
    rows.push_back({source.at("provider").as_string(), source.at("path").as_string()});
  }
  return title("Config search path") + table(rows);
}

std::string defaults_tree(const CommandLine& line) {
  Composer composer = make_composer(line);
  std::string out = title("Defaults tree");
  add_tree(make_defaults_tree(composer.repository(), line.config_name, parsed(line.overrides)), 0,
           out);
  return out;
}

std::string defaults(const CommandLine& line) {
  Composer composer = make_composer(line);
  std::vector<std::vector<std::string>> rows = {{"Config path", "Package", "_self_", "Parent"}};
  for (const ResultDefault& entry :
       make_defaults_list(composer.repository(), line.config_name, parsed(line.overrides))
           .configs) {
    rows.push_back(
        {entry.config_path, entry.package, entry.is_self ? "True" : "False", entry.parent});
  }
  return title("Defaults list") + table(rows);
}

template <class R>
std::string names(const R& registry) {
  std::string out = fmt::format("{}:\n", registry.kind());
  for (const auto& [name, entry] : registry.entries())
    out += fmt::format("  {:<20} {}\n", name, entry.help);
  return out;
}

std::string plugins_text() {
  const Plugins plugins = builtin_plugins();
  return title("Plug-ins") + names(plugins.datasets) + names(plugins.encoders) +
         names(plugins.negatives) + names(plugins.losses) + names(plugins.optimizers) +
         names(plugins.schedules);
}

// The part of a tree at a dotted path.
Node part_of(const Node& tree, const std::string& package) {
  if (package.empty() || package == "_global_") return tree;
  const Node* part = tree.find_path(package);
  if (part != nullptr) return *part;
  const size_t dot = package.rfind('.');
  const Node* parent = dot == std::string::npos ? &tree : tree.find_path(package.substr(0, dot));
  throw_unknown_name("--package " + package, "key",
                     package.substr(dot == std::string::npos ? 0 : dot + 1),
                     parent == nullptr ? tree.keys() : parent->keys());
}

// Resolves a part of the tree. Below "hydra", what only a running job knows (its number, its
// folder) stays as it is written.
void resolve_part(Node& part, const std::string& path, const Node& tree) {
  const bool is_own = path == "hydra" || path.rfind("hydra.", 0) == 0;
  if (part.is_map() && (path.empty() || is_own)) {
    for (auto& [key, child] : part.as_map())
      resolve_part(child, path.empty() ? key : path + "." + key, tree);
    return;
  }
  if (part.is_missing()) return;
  try {
    part = Resolver(tree).select(path).value_or(part);
  } catch (const ConfigError&) {
    if (!is_own) throw;
  }
}

}  // namespace

Composer make_composer(const CommandLine& line) {
  Composer composer(find_config_dir(line.config_dir));
  if (line.added_config_dir) {
    if (!std::filesystem::is_directory(*line.added_config_dir)) {
      throw ConfigError(
          {.where = "--config-dir",
           .what = fmt::format("'{}' is no folder", line.added_config_dir->string())});
    }
    composer.repository().append_folder(line.added_config_dir->string());
  }
  return composer;
}

RunFacts run_facts(const CommandLine& line) {
  return {.job_name = line.command.empty() ? "twinset" : line.command,
          .version = program_version(),
          .is_multirun = line.is_multirun,
          .job_num = {},
          .output_dir = {}};
}

std::string config_page(const CommandLine& line) {
  Composer composer = make_composer(line);
  const Composition composition =
      composer.compose(line.config_name, line.overrides, false, run_facts(line));
  Node tree = Node::map();
  const Node* hydra = composition.tree.find("hydra");
  if (line.show_config != "job" && hydra != nullptr) tree.set("hydra", *hydra);
  if (line.show_config != "hydra") {
    for (const auto& [key, child] : composition.config.as_map()) tree.set(key, child);
  }
  Node part = part_of(tree, line.package);
  if (line.resolve)
    resolve_part(part, line.package == "_global_" ? "" : line.package, composition.tree);
  const std::string header =
      line.package.empty() ? "" : fmt::format("# @package {}\n", line.package);
  return header + to_yaml(part);
}

std::string info_page(const CommandLine& line) {
  const auto config = [&] {
    CommandLine job = line;
    job.show_config = "job";
    return title("Config") + config_page(job);
  };
  if (line.info == "searchpath") return search_path(line);
  if (line.info == "defaults") return defaults(line);
  if (line.info == "defaults-tree") return defaults_tree(line);
  if (line.info == "plugins") return plugins_text();
  if (line.info == "config")
    return search_path(line) + defaults_tree(line) + defaults(line) + config();
  return version_text() + plugins_text() + search_path(line) + defaults_tree(line) +
         defaults(line) + config();
}

std::string hydra_help_page(const CommandLine& line) {
  Composer composer = make_composer(line);
  std::string out =
      "The settings of a run itself live in the config's node 'hydra', as in Hydra 1.3.\n\nGroups "
      "(hydra/job_logging=disabled)\n";
  for (const std::string& group : builtin_groups()) {
    const std::vector<std::string> options = composer.repository().options(group);
    if (!options.empty() && group != "hydra")
      out += fmt::format("  {:<22} {}\n", group, fmt::join(options, ", "));
  }
  out += "\nSettings (hydra.run.dir=FOLDER)\n";
  for (const auto& [key, help] :
       {std::pair<const char*, const char*>{"hydra.run.dir",
                                            "folder of a single run; a run that is there goes on"},
        {"hydra.sweep.dir", "folder of a sweep; a sweep that is there goes on"},
        {"hydra.sweep.subdir", "a job's folder within its sweep"},
        {"hydra.output_subdir",
         "where config.yaml, hydra.yaml and overrides.yaml are kept; null: nowhere"},
        {"hydra.mode", "RUN or MULTIRUN (-m)"},
        {"hydra.verbose", "true: debug messages"},
        {"hydra.job_logging.root.level", "DEBUG, INFO, WARNING or ERROR"},
        {"hydra.job.name", "of log file and folders; the command's by default"},
        {"hydra.job.chdir", "true: the run's folder becomes the current one"},
        {"hydra.job.env_set",
         "environment variables of the run: +hydra.job.env_set.OMP_NUM_THREADS=1"},
        {"hydra.job.env_copy", "variables of this shell that are kept with the run"},
        {"hydra.job.config.override_dirname",
         "kv_sep, item_sep and exclude_keys of ${hydra:job.override_dirname}"},
        {"hydra.searchpath", "more folders of configs: hydra.searchpath=[FOLDER]"},
        {"hydra.sweeper.params", "a sweep's axes in a config file: {seed: '1,2,3'}"}}) {
    out += fmt::format("  {:<34} {}\n", key, help);
  }
  return out +
         "\n`twinset train --cfg hydra` prints the whole node, `--info` where everything comes "
         "from.\n";
}

}  // namespace twinset
