// libtwinset_nccl.so: the one file that needs nccl.h. Its torch symbols are those of the
// libtorch_cuda that the program has open.
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

extern "C" void twinset_make_nccl_group(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                        int size, int64_t timeout_ms,
                                        c10::intrusive_ptr<c10d::Backend>& group) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = std::chrono::milliseconds(timeout_ms);
  group = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
}
