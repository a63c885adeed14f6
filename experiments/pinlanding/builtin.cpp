#include "experiments/pinlanding/builtin.h"

#include "experiments/pinlanding/assign/assign_stage.h"
#include "experiments/pinlanding/baseline/baseline_stage.h"
#include "experiments/pinlanding/curate/curate_stage.h"
#include "experiments/pinlanding/demand/demand_stage.h"
#include "experiments/pinlanding/extract/extract_stage.h"
#include "experiments/pinlanding/feeds/feeds_stage.h"
#include "experiments/pinlanding/judge/judge_stage.h"
#include "experiments/pinlanding/pages/pages_stage.h"
#include "experiments/pinlanding/topics/topics_stage.h"
#include "experiments/pinlanding/train/train_stage.h"

namespace twinset::pinlanding {

std::vector<Stage> builtin_stages() {
  std::vector<Stage> stages;
  stages.push_back(demand_stage());
  stages.push_back(extract_stage());
  stages.push_back(curate_stage());
  stages.push_back(train_stage());
  stages.push_back(assign_stage());
  stages.push_back(topics_stage());
  stages.push_back(feeds_stage());
  stages.push_back(baseline_stage());
  stages.push_back(judge_stage());
  stages.push_back(pages_stage());
  return stages;
}

}  // namespace twinset::pinlanding
