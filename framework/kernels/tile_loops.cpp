#include "framework/kernels/tile_loops.h"

#include <atomic>
#include <string>

#include "framework/core/error.h"

namespace twinset {
namespace {

std::vector<const TileLoops*> available() {
  std::vector<const TileLoops*> result;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    result.push_back(&kAvx512TileLoops);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi2"))
    result.push_back(&kAvx2TileLoops);
#endif
  result.push_back(&kPortableTileLoops);
  return result;
}

std::atomic<const TileLoops*>& chosen() {
  static std::atomic<const TileLoops*> loops = available().front();
  return loops;
}

}  // namespace

const TileLoops& tile_loops() { return *chosen().load(); }

std::vector<std::string_view> available_tile_loops() {
  std::vector<std::string_view> names;
  for (const TileLoops* loops : available()) names.emplace_back(loops->instructions);
  return names;
}

void choose_tile_loops(std::string_view instructions) {
  for (const TileLoops* loops : available()) {
    if (instructions.empty() || instructions == loops->instructions) {
      chosen() = loops;
      return;
    }
  }
  TWINSET_CHECK(false, "no tile loops of the name " + std::string(instructions));
}

}  // namespace twinset
