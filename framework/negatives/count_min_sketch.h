#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace twinset {

/// Counts of many keys in little memory: `depth` rows of `width` counters, a key in one counter of
/// each row.
///
/// An estimate is the smallest of the key's counters: never under the true count, and over it by
/// more than
/// \f$ e N / w \f$ with probability at most \f$ e^{-d} \f$ (N: sum of all counts, w: width, d:
/// depth).
/// Source: Cormode and Muthukrishnan 2005, "An improved data stream summary: the count-min sketch
/// and its applications".
class CountMinSketch {
 public:
  CountMinSketch(int64_t width, int64_t depth);
  void add(int64_t key, int64_t count = 1);
  int64_t estimate(int64_t key) const;
  /// [depth, width] int64 on the CPU: all there is, sharing storage.
  const at::Tensor& counters() const { return counters_; }

 private:
  int64_t* counter(int64_t key, int64_t row) const;
  int64_t width_, depth_;
  at::Tensor counters_;
};

}  // namespace twinset
