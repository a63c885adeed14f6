#pragma once

#include <string>

namespace twinset {

/// The device of this process: `cuda` is the GPU that belongs to it among the ranks of its machine
/// (cuda:LOCAL_RANK); anything else is as it was named. @throws ConfigError for a certain GPU, such
/// as cuda:0, where this machine has several ranks
std::string rank_device(const std::string& device);

}  // namespace twinset
