// Enough of CUDA to run a kernel's own source on the host: the threads of a block are fibers that
// are switched where they wait for one another, a warp's instructions exchange registers between
// its 32 fibers, and an asynchronous copy arrives when it is waited for, not before. Slow, and
// blind to memory latency, but every index is the kernel's. Stands for
// framework/kernels/tensor_core.cuh.
#pragma once

#include <ucontext.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <stdexcept>
#include <vector>

#define __device__
#define __global__
#define __grid_constant__
#define __launch_bounds__(...)

struct HostIndex {
  unsigned x = 0, y = 0;
};
inline HostIndex threadIdx, blockIdx, gridDim;

/// The fibers of one block.
class HostBlock {
 public:
  static constexpr unsigned kWarp = 32;
  static constexpr size_t kSharedBytes = 164 << 10;
  struct Copy {
    char* to;
    const void* from;
    bool is_inside;
  };
  /// What a thread shows to its warp: an instruction's operands. Two, since the next instruction
  /// may begin before all have read.
  struct Exchange {
    alignas(8) char bytes[2][32];
    unsigned count = 0;
  };

  /// Runs `kernel` as `num_threads` threads; between waits they run in ascending or descending
  /// order.
  /// @throws std::logic_error if some threads end while others wait for them
  static void run(unsigned num_threads, bool is_descending, const std::function<void()>& kernel) {
    HostBlock block(kernel, num_threads);
    for (Fiber& fiber : block.fibers_) {
      fiber.stack.resize(128 << 10);
      getcontext(&fiber.context);
      fiber.context.uc_stack = {
          .ss_sp = fiber.stack.data(), .ss_flags = 0, .ss_size = fiber.stack.size()};
      fiber.context.uc_link = &block.scheduler_;
      makecontext(&fiber.context, &HostBlock::enter, 0);
    }
    std::memset(shared(), 0xff, kSharedBytes);  // not a number
    current_ = &block;
    for (unsigned num_ended = 0; num_ended < num_threads;) {
      bool has_run = false;
      for (unsigned i = 0; i < num_threads; ++i) {
        threadIdx.x = is_descending ? num_threads - 1 - i : i;
        block.active_ = &block.fibers_[threadIdx.x];
        if (block.active_->has_ended ||
            (block.active_->waits_for &&
             block.active_->waits_for->generation == block.active_->generation))
          continue;
        swapcontext(&block.scheduler_, &block.active_->context);
        has_run = true;
        num_ended += block.active_->has_ended;
      }
      if (!has_run) throw std::logic_error("a barrier that not all threads reach");
    }
  }

  static void wait_for_block() { current_->wait(current_->block_); }
  static void wait_for_warp() { current_->wait(current_->warps_[threadIdx.x / kWarp]); }

  /// Shows a value to the warp, and returns a function that gives the value of one of its lanes.
  template <class T>
  static auto exchange(const T& value) {
    static_assert(sizeof(T) <= sizeof(Exchange::bytes[0]));
    const unsigned first = threadIdx.x / kWarp * kWarp;
    Exchange& mine = current_->fibers_[threadIdx.x].exchange;
    const unsigned turn = mine.count++ % 2;
    std::memcpy(mine.bytes[turn], &value, sizeof(T));
    wait_for_warp();
    return [first, turn](unsigned lane) {
      T result;
      std::memcpy(&result, current_->fibers_[first + lane].exchange.bytes[turn], sizeof(T));
      return result;
    };
  }
  static std::deque<std::vector<Copy>>& copies() { return current_->fibers_[threadIdx.x].copies; }
  static char* shared() {
    alignas(1024) static char memory[kSharedBytes];
    return memory;
  }

 private:
  struct Barrier {
    unsigned size, arrived = 0, generation = 0;
  };
  struct Fiber {
    ucontext_t context{};
    std::vector<char> stack;
    bool has_ended = false;
    const Barrier* waits_for = nullptr;
    unsigned generation = 0;
    Exchange exchange;
    std::deque<std::vector<Copy>> copies = {{}};  // the last group is open
  };
  HostBlock(const std::function<void()>& kernel, unsigned num_threads)
      : kernel_(kernel),
        fibers_(num_threads),
        block_{num_threads},
        warps_(num_threads / kWarp, {kWarp}) {}
  static void enter() {
    current_->kernel_();
    current_->active_->has_ended = true;
  }
  void wait(Barrier& barrier) {
    Fiber& fiber = *active_;
    fiber.waits_for = &barrier;
    fiber.generation = barrier.generation;
    if (++barrier.arrived == barrier.size) {
      barrier.arrived = 0;
      ++barrier.generation;
    } else {
      swapcontext(&fiber.context, &scheduler_);
    }
    fiber.waits_for = nullptr;
  }

  static inline HostBlock* current_ = nullptr;
  const std::function<void()>& kernel_;
  std::vector<Fiber> fibers_;
  Fiber* active_ = nullptr;
  ucontext_t scheduler_{};
  Barrier block_;
  std::vector<Barrier> warps_;
};

/// Runs `kernel` as a grid of blocks, one after the other.
template <class F>
void run_grid(int64_t blocks_x, int64_t blocks_y, unsigned num_threads, bool is_descending,
              const F& kernel) {
  gridDim = {static_cast<unsigned>(blocks_x), static_cast<unsigned>(blocks_y)};
  for (blockIdx.y = 0; blockIdx.y < gridDim.y; ++blockIdx.y) {
    for (blockIdx.x = 0; blockIdx.x < gridDim.x; ++blockIdx.x)
      HostBlock::run(num_threads, is_descending, kernel);
  }
}

inline void __syncthreads() { HostBlock::wait_for_block(); }
inline int __popcll(uint64_t bits) { return std::popcount(bits); }
inline float __uint_as_float(uint32_t bits) { return std::bit_cast<float>(bits); }
inline uint32_t __float_as_uint(float value) { return std::bit_cast<uint32_t>(value); }

struct uint4 {
  uint32_t x, y, z, w;
};
inline uint4 make_uint4(uint32_t x, uint32_t y, uint32_t z, uint32_t w) { return {x, y, z, w}; }
struct float2 {
  float x, y;
};
inline float2 make_float2(float x, float y) { return {x, y}; }

struct __nv_bfloat16 {
  uint16_t bits;
};
inline __nv_bfloat16 __float2bfloat16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return {static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16)};
}
inline float host_float(__nv_bfloat16 value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value.bits) << 16);
}
inline float host_float(float value) { return value; }

namespace twinset::similarity {

using SharedAddress = uint32_t;

inline char* shared_memory() { return HostBlock::shared(); }
inline SharedAddress shared_address(const void* pointer) {
  return static_cast<SharedAddress>(static_cast<const char*>(pointer) - HostBlock::shared());
}

inline void check_16_bytes(SharedAddress address) {
  if (address % 16 != 0 || address + 16 > HostBlock::kSharedBytes)
    throw std::logic_error("a place in shared memory that is not aligned or outside");
}
inline void copy_async(SharedAddress to, const void* from, bool is_inside) {
  check_16_bytes(to);
  if (reinterpret_cast<uintptr_t>(from) % 16 != 0)
    throw std::logic_error("a copy that is not aligned");
  HostBlock::copies().back().push_back({HostBlock::shared() + to, from, is_inside});
}
inline void commit_copies() { HostBlock::copies().emplace_back(); }
template <int kPending>
void wait_for_copies() {
  auto& groups = HostBlock::copies();
  for (; groups.size() > kPending + 1; groups.pop_front()) {
    for (const HostBlock::Copy& copy : groups.front()) {
      if (copy.is_inside) {
        std::memcpy(copy.to, copy.from, 16);
      } else {
        std::memset(copy.to, 0, 16);
      }
    }
  }
}

inline void load_matrices(uint32_t (&out)[4], SharedAddress row) {
  check_16_bytes(row);
  const auto row_of = HostBlock::exchange(row);
  const unsigned lane = threadIdx.x % 32;
  for (unsigned k = 0; k < 4; ++k)
    std::memcpy(&out[k], HostBlock::shared() + row_of(k * 8 + lane / 4) + lane % 4 * 4, 4);
}

struct Operands {
  uint32_t a[4], b[2];
};
// A register has kElements of the depth: kDepth / 4 / 2 of them a thread. `element` is one of a
// register.
template <unsigned kElements, class F>
void multiply(float (&sums)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1,
              const F& element) {
  const auto of = HostBlock::exchange(Operands{{a[0], a[1], a[2], a[3]}, {b0, b1}});
  const unsigned lane = threadIdx.x % 32;
  for (unsigned out = 0; out < 4; ++out) {
    const unsigned row = lane / 4, column = lane % 4 * 2 + out % 2;
    for (unsigned k = 0; k < 8 * kElements; ++k) {
      const unsigned half = k / (4 * kElements), thread = k / kElements % 4;
      sums[out] += element(of(row * 4 + thread).a[half * 2 + out / 2], k % kElements) *
                   element(of(column * 4 + thread).b[half], k % kElements);
    }
  }
}
inline void multiply_bfloat16(float (&sums)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  multiply<2>(sums, a, b0, b1, [](uint32_t bits, unsigned k) {
    return host_float(__nv_bfloat16{static_cast<uint16_t>(bits >> (16 * k))});
  });
}
inline void multiply_tf32(float (&sums)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  multiply<1>(sums, a, b0, b1,
              [](uint32_t bits, unsigned) { return std::bit_cast<float>(bits & ~0x1fffu); });
}

inline float exponential2(float x) { return x < -126.0f ? 0.0f : std::exp2(x); }
inline float log1p_of(float x) { return std::log1p(x); }
inline float reciprocal(float x) { return 1.0f / x; }
inline uint32_t pack_bfloat16(float first, float second) {
  return __float2bfloat16(first).bits | static_cast<uint32_t>(__float2bfloat16(second).bits) << 16;
}
template <class T>
T shuffle_xor(T value, int mask) {
  return HostBlock::exchange(value)(threadIdx.x % 32 ^ static_cast<unsigned>(mask));
}
inline bool any_of_warp(bool value) {
  const auto of = HostBlock::exchange(value);
  bool any = false;
  for (unsigned lane = 0; lane < 32; ++lane) any = any || of(lane);
  return any;
}

inline void show_copies_to_tensor_cores() {}
inline void begin_products() {}
inline void commit_products() {}
inline void wait_for_products() {}
inline void read_after_this(float&) {}
/// Rows of 128 bytes below one another; an address's bits 7 to 9 swizzle bits 4 to 6.
inline float bfloat16_at(SharedAddress start, unsigned row, unsigned k) {
  const unsigned plain = start + row * 128 + k * 2, place = plain ^ ((plain >> 7) % 8) << 4;
  __nv_bfloat16 value;
  std::memcpy(&value, HostBlock::shared() + place, sizeof(value));
  return host_float(value);
}
inline void multiply_64_rows(float (&sums)[16][4], SharedAddress a, SharedAddress b, bool adds) {
  check_16_bytes(a);
  check_16_bytes(b);
  const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32 % 4;
  for (unsigned n = 0; n < 16; ++n) {
    for (unsigned out = 0; out < 4; ++out) {
      float& sum = sums[n][out];
      if (!adds) sum = 0;
      for (unsigned k = 0; k < 16; ++k)
        sum += bfloat16_at(a, warp * 16 + out / 2 * 8 + lane / 4, k) *
               bfloat16_at(b, n * 8 + lane % 4 * 2 + out % 2, k);
    }
  }
}

}  // namespace twinset::similarity
