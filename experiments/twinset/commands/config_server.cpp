#include "experiments/twinset/commands/config_server.h"

#include <iostream>

#include "framework/config/config_server.h"

namespace twinset {

int config_server_command(const CommandLine&, const Plugins&) {
  serve_config_requests(std::cin, std::cout);
  return 0;
}

}  // namespace twinset
