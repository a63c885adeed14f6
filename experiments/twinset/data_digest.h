#pragma once

#include <string>

#include "framework/data/dataset.h"

namespace twinset {

/// 16 hexadecimal digits of what a split says in words: ids, titles and attributes in order
/// (FNV-1a, 64 bits). Two runs with the same digest were judged on the same products and labels;
/// pictures are not read.
std::string data_digest(const Dataset& dataset);

}  // namespace twinset
