// Private to this folder: products of tiles by the instructions of sm_90a, 128 rows of x by 128
// rows of y in bfloat16. Two groups of four warps, 64 rows each; operands stay in shared memory,
// products in registers, a warp's in 16 whole rows.
#pragma once

#include "framework/kernels/similarity_copies.cuh"

namespace twinset::similarity {

template <>
class Products<HopperBfloat16> {
  using L = Layout<HopperBfloat16>;
  static_assert(L::kManyStages == L::kFewStages && L::kColumns == 128);

 public:
  /// Starts the first copies into `stages`, which start at a multiple of 1,024 bytes.
  __device__ Products(const SimilarityArguments& a, const Range& range, SharedAddress stages,
                      int num_stages)
      : copies_(a, range, stages, num_stages),
        stages_(stages),
        group_rows_(static_cast<SharedAddress>(threadIdx.x / 128 * 64) * L::kStepBytes) {}

  /// The products of the next tile. All threads of the block call it together.
  __device__ void next(L::Tile& sums) {
    for (int step = 0; step < copies_.num_steps(); ++step) {
      wait_for_copies<L::kManyStages - 2>();
      show_copies_to_tensor_cores();
      wait_for_products();
      __syncthreads();  // the stage has arrived, and the one before has been read
      const SharedAddress y = stages_ + static_cast<SharedAddress>(stage_ * L::kStageBytes +
                                                                   kRows * L::kStepBytes),
                          x = y - static_cast<SharedAddress>(kRows * L::kStepBytes) + group_rows_;
      begin_products();
      TWINSET_UNROLL
      for (int k = 0; k < L::kStepBytes; k += 32) {  // 16 bfloat16 of depth
        multiply_64_rows(sums[0], x + static_cast<SharedAddress>(k),
                         y + static_cast<SharedAddress>(k), step > 0 || k > 0);
      }
      commit_products();
      copies_.start_next();
      if (++stage_ == L::kManyStages) stage_ = 0;
    }
    wait_for_products();
    TWINSET_UNROLL
    for (int n = 0; n < L::kN; ++n) {
      TWINSET_UNROLL
      for (int k = 0; k < 4; ++k) read_after_this(sums[0][n][k]);
    }
  }

 private:
  Copies<HopperBfloat16> copies_;
  SharedAddress stages_, group_rows_;
  int stage_ = 0;
};

}  // namespace twinset::similarity
