#include "framework/kernels/ordered_sum.h"

#include <algorithm>

#include "framework/kernels/tile_loops.h"

namespace twinset {

OrderedSum::OrderedSum(int64_t num_parts, int64_t size)
    : size_(size), finished_(static_cast<size_t>(num_parts)) {}

void OrderedSum::begin(float* sum, int64_t count) {
  sum_ = sum, count_ = count, next_ = 0;
  std::fill(finished_.begin(), finished_.end(), nullptr);
}

float* OrderedSum::begin_part(int64_t part) {
  if (part == 0) return sum_;
  const std::lock_guard lock(mutex_);
  if (free_.empty()) free_.push_back(buffers_.emplace_back(size_).data());
  float* values = free_.back();
  free_.pop_back();
  return values;
}

void OrderedSum::end_part(int64_t part, float* values) {
  std::unique_lock lock(mutex_);
  finished_[static_cast<size_t>(part)] = values;
  if (is_adding_) return;  // that thread sees this part too
  is_adding_ = true;
  for (; next_ < finished_.size() && finished_[next_]; ++next_) {
    float* addend = finished_[next_];
    if (addend == sum_) continue;
    lock.unlock();
    tile_loops().add(addend, count_, sum_);
    lock.lock();
    free_.push_back(addend);
  }
  is_adding_ = false;
}

}  // namespace twinset
