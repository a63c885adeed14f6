#pragma once

#include <string>

#include "experiments/twinset/command_line.h"
#include "framework/config/compose.h"

namespace twinset {

/// The composer of the command line's folders of configs.
Composer make_composer(const CommandLine& line);

/// What the program knows of a single run of the command line.
RunFacts run_facts(const CommandLine& line);

/// --cfg: the composed config as YAML, the run's own settings ("hydra"), or both; with --package a
/// part of it.
std::string config_page(const CommandLine& line);

/// --info: search path, defaults tree and list, plug-ins, the config.
std::string info_page(const CommandLine& line);

/// --hydra-help: options, the groups below "hydra" and the settings of a run.
std::string hydra_help_page(const CommandLine& line);

}  // namespace twinset
