#include "experiments/pinlanding/builtin.h"

namespace twinset::pinlanding {

std::vector<Stage> builtin_stages() { return {}; }

}  // namespace twinset::pinlanding
