#include "experiments/pinlanding/builtin.h"

#include "experiments/pinlanding/extract/extract_stage.h"

namespace twinset::pinlanding {

std::vector<Stage> builtin_stages() {
  std::vector<Stage> stages;
  stages.push_back(extract_stage());
  return stages;
}

}  // namespace twinset::pinlanding
