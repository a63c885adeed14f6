// One libFuzzer program; TWINSET_FUZZ_TARGET names its target.
#include <cstddef>
#include <cstdint>

#include "framework/core/logging.h"
#include "tests/framework/config/fuzz/fuzz_targets.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  twinset::set_log_level(twinset::LogLevel::kError);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  twinset::fuzz::TWINSET_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
