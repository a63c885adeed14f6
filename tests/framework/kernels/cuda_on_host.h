// Enough of CUDA to run a kernel's own source on the host: the threads of a block are fibers that are switched at __syncthreads,
// and a wmma fragment is a whole matrix in each thread. Slow, and blind to memory latency, but every index is the kernel's.
#pragma once

#include <ucontext.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <vector>

#define __device__
#define __global__
#define __shared__ static
#define __launch_bounds__(threads)

struct HostIndex {
  unsigned x = 0, y = 0;
};
inline HostIndex threadIdx, blockIdx;

/// The fibers of one block.
class HostBlock {
 public:
  /// Runs `kernel` as `num_threads` threads; between barriers they run in ascending or descending order.
  /// @throws std::logic_error if some threads end while others wait at a barrier
  static void run(unsigned num_threads, bool is_descending, const std::function<void()>& kernel) {
    HostBlock block(kernel);
    block.fibers_.resize(num_threads);
    for (Fiber& fiber : block.fibers_) {
      fiber.stack.resize(128 << 10);
      getcontext(&fiber.context);
      fiber.context.uc_stack = {.ss_sp = fiber.stack.data(), .ss_flags = 0, .ss_size = fiber.stack.size()};
      fiber.context.uc_link = &block.scheduler_;
      makecontext(&fiber.context, &HostBlock::enter, 0);
    }
    current_ = &block;
    for (bool is_running = true; is_running;) {
      for (unsigned i = 0; i < num_threads; ++i) {
        threadIdx.x = is_descending ? num_threads - 1 - i : i;
        block.active_ = &block.fibers_[threadIdx.x];
        swapcontext(&block.scheduler_, &block.active_->context);
      }
      const auto ended = std::count_if(block.fibers_.begin(), block.fibers_.end(), [](const Fiber& fiber) { return fiber.has_ended; });
      if (ended != 0 && ended != static_cast<long>(num_threads)) throw std::logic_error("a barrier that not all threads reach");
      is_running = ended == 0;
    }
  }
  static void wait() { swapcontext(&current_->active_->context, &current_->scheduler_); }

 private:
  struct Fiber {
    ucontext_t context{};
    std::vector<char> stack;
    bool has_ended = false;
  };
  explicit HostBlock(const std::function<void()>& kernel) : kernel_(kernel) {}
  static void enter() {
    current_->kernel_();
    current_->active_->has_ended = true;
  }

  static inline HostBlock* current_ = nullptr;
  const std::function<void()>& kernel_;
  std::vector<Fiber> fibers_;
  Fiber* active_ = nullptr;
  ucontext_t scheduler_{};
};

inline void __syncthreads() { HostBlock::wait(); }

struct __nv_bfloat16 {
  uint16_t bits;
};
inline __nv_bfloat16 __float2bfloat16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return {static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16)};
}
inline float host_float(__nv_bfloat16 value) { return std::bit_cast<float>(static_cast<uint32_t>(value.bits) << 16); }
inline float host_float(float value) { return value; }

namespace nvcuda::wmma {

struct matrix_a {};
struct matrix_b {};
struct accumulator {};
struct row_major {};
struct col_major {};
enum layout_t { mem_row_major };
namespace precision {
struct tf32 {};
}

template <class T>
struct Storage {
  using type = T;
};
template <>
struct Storage<precision::tf32> {
  using type = float;
};

template <class Use, int M, int N, int K, class T, class Layout = void>
struct fragment {
  static constexpr int kRows = std::is_same_v<Use, matrix_b> ? K : M, kColumns = std::is_same_v<Use, matrix_a> ? K : N;
  static constexpr bool kIsColumnMajor = std::is_same_v<Layout, col_major>;
  static constexpr int num_elements = kRows * kColumns;
  typename Storage<T>::type x[num_elements];  // [kRows][kColumns]
};

inline float __float_to_tf32(float value) { return std::bit_cast<float>((std::bit_cast<uint32_t>(value) + 0x1000u) & ~0x1fffu); }

template <class F>
void fill_fragment(F& fragment, float value) {
  std::fill(std::begin(fragment.x), std::end(fragment.x), value);
}

// What wmma asks of a pointer and of the distance of rows.
template <class T>
void check_alignment(const T* pointer, unsigned stride) {
  if (reinterpret_cast<uintptr_t>(pointer) % 32 != 0 || stride * sizeof(T) % 16 != 0) throw std::logic_error("wmma: not aligned");
}

template <class F, class T>
void load_matrix_sync(F& fragment, const T* in, unsigned stride) {
  check_alignment(in, stride);
  for (int i = 0; i < F::kRows; ++i) {
    for (int j = 0; j < F::kColumns; ++j) fragment.x[i * F::kColumns + j] = F::kIsColumnMajor ? in[j * stride + i] : in[i * stride + j];
  }
}

template <class Sum, class Left, class Right>
void mma_sync(Sum& out, const Left& left, const Right& right, const Sum& in) {
  for (int i = 0; i < Sum::kRows; ++i) {
    for (int j = 0; j < Sum::kColumns; ++j) {
      float sum = in.x[i * Sum::kColumns + j];
      for (int k = 0; k < Left::kColumns; ++k) sum += host_float(left.x[i * Left::kColumns + k]) * host_float(right.x[k * Right::kColumns + j]);
      out.x[i * Sum::kColumns + j] = sum;
    }
  }
}

template <class F>
void store_matrix_sync(float* out, const F& fragment, unsigned stride, layout_t) {
  check_alignment(out, stride);
  for (int i = 0; i < F::kRows; ++i) {
    for (int j = 0; j < F::kColumns; ++j) out[i * stride + j] = fragment.x[i * F::kColumns + j];
  }
}

}  // namespace nvcuda::wmma
