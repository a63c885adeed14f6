// The program: one command for each stage of an experiment.
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "experiments/composed_retrieval/composed_run.h"
#include "experiments/pinlanding/pinlanding_command.h"
#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/commands/config_server.h"
#include "experiments/twinset/environment.h"
#include "experiments/twinset/show_config.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"

namespace {

int print(const std::string& page) {
  std::fputs(page.c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace twinset;
  using Command = std::function<int(const CommandLine&, const Plugins&)>;
  const std::map<std::string, Command> commands = {
      {"config-server", config_server_command},
      {"train", train_command},
      {"eval", eval_command},
      {"table", table_command},
      {"baselines", baselines_command},
      {"wardrobe", wardrobe_command},
      {"quickstart", quickstart_command},
      {"sweep", sweep_command},
      {"status", status_command},
      {"stop", stop_command},
      {"run-job", run_job_command},
      {"job-body", job_body_command},
      {"distributions", distributions_command},
      {"agreement", agreement_command},
      {"collections", collections_command},
      {"judge", judge_command},
      {"report", report_command},
      {"compare", compare_command},
      {"score", score_command},
      {"search", search_command},
      {"check-gradients", check_gradients_command},
      {"composed-retrieval", composed_retrieval_command},
      {"pinlanding", pinlanding::pinlanding_command}};
  std::vector<std::string> names = {"launch"};
  for (const auto& [name, function] : commands) names.push_back(name);
  try {
    install_interrupt_handler();
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments[0] == "launch")
      return launch_command({arguments.begin() + 1, arguments.end()}, names);
    const CommandLine line = parse_command_line(arguments);
    const Plugins plugins = builtin_plugins();
    const auto command = commands.find(line.command);
    if (!line.command.empty() && command == commands.end())
      throw_unknown_name("", "command", line.command, names);
    if (!line.shell_completion.empty()) return shell_completion_command(line, names, plugins);
    if (line.wants_version) return print(version_text());
    if (line.wants_hydra_help) return print(hydra_help_page(line));
    if (line.wants_help)
      return print(line.command == "pinlanding" ? pinlanding::pinlanding_help(line)
                                                : help_page(line, plugins));
    if (!line.show_config.empty()) return print(config_page(line));
    if (!line.info.empty()) return print(info_page(line));
    if (command == commands.end()) {
      print(help_page(line, plugins));
      return 2;
    }
    if (!line.log_level.empty()) set_log_level(line.log_level);
    return command->second(line, plugins);
  } catch (const Interrupted& error) {
    log_info("{}", error.what());
    return 130;
  } catch (const std::exception& error) {
    log_error("{}", error.what());
    return 1;
  }
}
