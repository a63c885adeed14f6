#pragma once

#include <string>
#include <vector>

#include "experiments/twinset/command_line.h"
#include "experiments/twinset/plugins.h"

namespace twinset {

/// The program's commands. Each returns the exit status: 0 done, 1 something failed, 130
/// interrupted (and resumable).
int train_command(const CommandLine& line, const Plugins& plugins);
int eval_command(const CommandLine& line, const Plugins& plugins);
int score_command(const CommandLine& line, const Plugins& plugins);
int search_command(const CommandLine& line, const Plugins& plugins);
int table_command(const CommandLine& line, const Plugins& plugins);
int baselines_command(const CommandLine& line, const Plugins& plugins);
int wardrobe_command(const CommandLine& line, const Plugins& plugins);
int sweep_command(const CommandLine& line, const Plugins& plugins);
int status_command(const CommandLine& line, const Plugins& plugins);
int stop_command(const CommandLine& line, const Plugins& plugins);
/// For the processes that launchers start. `run-job FOLDER NUMBER` takes a job from the manifest
/// and records how it ended; `job-body FOLDER NUMBER` only does its work, in each of its ranks.
int run_job_command(const CommandLine& line, const Plugins& plugins);
int job_body_command(const CommandLine& line, const Plugins& plugins);
int quickstart_command(const CommandLine& line, const Plugins& plugins);
int distributions_command(const CommandLine& line, const Plugins& plugins);
int agreement_command(const CommandLine& line, const Plugins& plugins);
int collections_command(const CommandLine& line, const Plugins& plugins);
int judge_command(const CommandLine& line, const Plugins& plugins);
int report_command(const CommandLine& line, const Plugins& plugins);
int compare_command(const CommandLine& line, const Plugins& plugins);
int check_gradients_command(const CommandLine& line, const Plugins& plugins);

/// `twinset launch --ranks N COMMAND...`: the command once a rank on this machine, each line with
/// its rank. A command of twinset needs no program before it. Returns the status of the rank that
/// failed first.
int launch_command(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& commands);

/// The help pages of `score` and `search`.
std::string score_help();
std::string search_help(const Plugins& plugins);

/// -sc: prints the script that installs (or removes) tab completion in bash, zsh or fish, or
/// answers its query: the words that the one under the cursor of COMP_LINE (up to COMP_POINT) can
/// become, one a line.
int shell_completion_command(const CommandLine& line, const std::vector<std::string>& commands,
                             const Plugins& plugins);
std::vector<std::string> complete_command_line(const std::string& text,
                                               const std::vector<std::string>& commands,
                                               const Plugins& plugins);

/// What --help prints: the commands, or for `train` the groups with their choices and every option.
std::string help_page(const CommandLine& line, const Plugins& plugins);

}  // namespace twinset
