// Private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <new>

namespace twinset {

/// Scratch memory that begins with a cache line and, unlike a vector's, isn't cleared.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(int64_t count)
      : floats_(static_cast<float*>(
            ::operator new[](static_cast<size_t>(count) * sizeof(float), kAlignment))) {}

  float* data() { return floats_.get(); }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(float* floats) const { ::operator delete[](floats, kAlignment); }
  };
  std::unique_ptr<float[], Free> floats_;
};

}  // namespace twinset
