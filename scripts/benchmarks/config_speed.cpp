// Times the configuration language: config_speed FOLDER ROUNDS SWEEP_OVERRIDES... -- OVERRIDES...
// Prints JSON: milliseconds to compose once with files read anew, the same from loaded files,
// seconds to plan the sweep (wall and processor), and the results, for config_speed.py to compare.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/config/compose.h"
#include "framework/config/sweep.h"

namespace {

struct Time {
  double wall = 0;
  double processor = 0;
};

Time time_of(auto body) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t processor = std::clock();
  body();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC};
}

double median_ms(int rounds, auto body) {
  std::vector<double> all;
  for (int i = 0; i < rounds; ++i) all.push_back(time_of(body).wall * 1000);
  std::nth_element(all.begin(), all.begin() + rounds / 2, all.end());
  return all[static_cast<size_t>(rounds) / 2];
}

}  // namespace

int main(int argc, char** argv) {
  using namespace twinset;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto bar = std::find(arguments.begin(), arguments.end(), "--");
  if (arguments.size() < 3 || bar == arguments.end()) {
    std::fputs("usage: config_speed FOLDER ROUNDS SWEEP_OVERRIDE... -- OVERRIDE...\n", stderr);
    return 2;
  }
  const std::string folder = arguments[0];
  const int rounds = std::stoi(arguments[1]);
  const std::vector<std::string> sweep(arguments.begin() + 2, bar);
  const std::vector<std::string> overrides(bar + 1, arguments.end());
  nlohmann::ordered_json out;
  Node config;
  out["compose_cold_ms"] =
      median_ms(rounds, [&] { config = Composer(folder).compose("config", overrides).config; });
  Composer composer(folder);
  out["compose_ms"] =
      median_ms(rounds, [&] { config = composer.compose("config", overrides).config; });
  out["config"] = to_yaml(config);
  std::vector<std::vector<std::string>> jobs;
  std::vector<Node> configs;
  const Time plan = time_of([&] {
    Composer planner(folder);
    jobs = expand_sweep(sweep, folder);
    for (const auto& job : jobs) configs.push_back(planner.compose("config", job).config);
  });
  out["plan_s"] = plan.wall;
  out["plan_processor_s"] = plan.processor;
  out["jobs"] = jobs;
  for (size_t i = 0; i < configs.size(); i += std::max<size_t>(1, configs.size() / 20))
    out["configs"][std::to_string(i)] = to_yaml(configs[i]);
  std::puts(out.dump().c_str());
}
