// Random numbers by counter: what is drawn depends on (seed, epoch, sample, purpose) and on nothing
// else, so that any number of threads and ranks, and a resumed run, draw the same.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace twinset {

/// Philox4x32-10: four random words from a 128-bit counter and a 64-bit key.
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 4.3.
std::array<uint32_t, 4> philox(const std::array<uint32_t, 4>& counter,
                               const std::array<uint32_t, 2>& key);

/// A number for a purpose such as "crop"; different names give independent streams (FNV-1a of the
/// name).
constexpr uint32_t purpose_id(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

/// What a stream of random numbers is keyed by.
struct RandomKey {
  uint64_t seed = 0;
  uint32_t epoch = 0;
  uint64_t sample = 0;  ///< below 2^40
  std::string_view purpose;
};

/// A stream of random numbers; cheap to make (no state but a counter), never shared between
/// threads. Up to 2^26 words a stream.
class CounterRandom {
 public:
  using result_type = uint32_t;
  explicit CounterRandom(const RandomKey& key);

  uint32_t operator()();
  static constexpr uint32_t min() { return 0; }
  static constexpr uint32_t max() { return UINT32_MAX; }

  /// Uniform in [0, 1), 53 bits.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform in [0, bound), without bias. `bound` > 0.
  uint64_t below(uint64_t bound);
  /// Standard normal, by Box and Muller.
  double normal();
  bool bernoulli(double probability) { return uniform() < probability; }

 private:
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> block_{};
  int used_ = 4;
};

/// A random order of 0 .. size-1 (Fisher-Yates), the same on every machine.
std::vector<int64_t> random_permutation(int64_t size, CounterRandom random);

}  // namespace twinset
