#include <fmt/format.h>

#include "experiments/pinlanding/demand/json_log.h"
#include "experiments/pinlanding/demand/simulated_log.h"
#include "experiments/pinlanding/demand/table_log.h"
#include "experiments/pinlanding/demand/ubi_log.h"
#include "framework/data/file_patterns.h"

namespace twinset::pinlanding {

SearchLogRegistry builtin_search_logs() {
  SearchLogRegistry registry("demand.log");
  registry.add<JsonLogOptions>("json_lines", "JSON lines with named fields", make_json_log);
  registry.add<SimulatedLogOptions>("simulated", "searches made up from the catalogue's fields",
                                    make_simulated_log);
  registry.add<TableLogOptions>("table", "tab-separated columns under a header", make_table_log);
  registry.add<UbiLogOptions>("ubi", "queries and events of User Behavior Insights", make_ubi_log);
  registry.add<WardrobeLogOptions>("wardrobe", "the rendered wardrobe's search log",
                                   make_wardrobe_log);
  return registry;
}

void check_log_files(const std::vector<std::string>& files) {
  if (files.empty())
    throw ConfigError(
        {.where = "demand.log.files", .what = "is empty", .expected = "at least one file"});
  for (const std::string& file : files) {
    if (!std::filesystem::is_regular_file(file)) {
      throw ConfigError({.where = "demand.log.files",
                         .what = fmt::format("'{}' does not exist{}", file, nearest_path(file))});
    }
  }
}

}  // namespace twinset::pinlanding
