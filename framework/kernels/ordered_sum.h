// Private to this folder.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "framework/kernels/aligned_floats.h"

namespace twinset {

/// Adds up parts that threads finish in any order, always in the order of their numbers: the sum
/// has the same bits for any number of threads. A part waits for those before it; nobody waits for
/// it.
class OrderedSum {
 public:
  /// @param size  numbers of a part, the last of which may be padding that isn't added
  OrderedSum(int64_t num_parts, int64_t size);

  /// A new sum, of `count` <= size numbers, in `sum`, which has room for a part.
  void begin(float* sum, int64_t count);
  /// Where a thread writes this part, all of it; part 0 is written to the sum itself.
  float* begin_part(int64_t part);
  /// After the last part's, the sum is there.
  void end_part(int64_t part, float* values);

 private:
  const int64_t size_;
  float* sum_ = nullptr;
  int64_t count_ = 0;
  std::mutex mutex_;              // of everything below
  std::vector<float*> finished_;  // by part, until it is added
  size_t next_ = 0;               // to be added
  bool is_adding_ = false;
  std::vector<AlignedFloats> buffers_;
  std::vector<float*> free_;
};

}  // namespace twinset
