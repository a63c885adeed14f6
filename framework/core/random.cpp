#include "framework/core/random.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace twinset {

std::array<uint32_t, 4> philox(const std::array<uint32_t, 4>& counter,
                               const std::array<uint32_t, 2>& key) {
  std::array<uint32_t, 4> c = counter;
  std::array<uint32_t, 2> k = key;
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53u} * c[0];
    const uint64_t p1 = uint64_t{0xCD9E8D57u} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<uint32_t>(p0)};
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return c;
}

// The counter's first word counts blocks (24 bits) below the top 8 bits of the sample; the rest are
// sample, epoch, purpose.
CounterRandom::CounterRandom(const RandomKey& key)
    : counter_{static_cast<uint32_t>(key.sample >> 32) << 24, static_cast<uint32_t>(key.sample),
               key.epoch, purpose_id(key.purpose)},
      key_{static_cast<uint32_t>(key.seed), static_cast<uint32_t>(key.seed >> 32)} {}

uint32_t CounterRandom::operator()() {
  if (used_ == 4) {
    block_ = philox(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[static_cast<size_t>(used_++)];
}

double CounterRandom::uniform() {
  const uint64_t high = (*this)() >> 5, low = (*this)() >> 6;
  return static_cast<double>((high << 26) | low) * 0x1p-53;
}

uint64_t CounterRandom::below(uint64_t bound) {
  // Lemire 2019 on 64-bit words: reject the few low products that would favour small values.
  const auto word = [&] {
    const uint64_t high = (*this)();
    return high << 32 | (*this)();
  };
  unsigned __int128 product = static_cast<unsigned __int128>(word()) * bound;
  if (static_cast<uint64_t>(product) < bound) {
    const uint64_t threshold = (0 - bound) % bound;
    while (static_cast<uint64_t>(product) < threshold)
      product = static_cast<unsigned __int128>(word()) * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

double CounterRandom::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::vector<int64_t> random_permutation(int64_t size, CounterRandom random) {
  std::vector<int64_t> order(static_cast<size_t>(size));
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

}  // namespace twinset
