#pragma once

#include "framework/config/compose.h"

namespace twinset::pinlanding::testing {

/// The node `curate` as the configs compose it.
inline Node default_curate() {
  return compose({.config_dir = "configs", .config_name = "pinlanding"}).config.at("curate");
}

}  // namespace twinset::pinlanding::testing
