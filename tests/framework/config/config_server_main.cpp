// The configuration language as a service, without the rest of the program.
#include <iostream>

#include "framework/config/config_server.h"

int main() { twinset::serve_config_requests(std::cin, std::cout); }
