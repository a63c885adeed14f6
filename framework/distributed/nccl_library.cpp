#include "framework/distributed/nccl_library.h"

#include <dlfcn.h>

#include "framework/core/error.h"
#include "framework/core/shared_library.h"

namespace twinset {

c10::intrusive_ptr<c10d::Backend> make_nccl_group(const c10::intrusive_ptr<c10d::Store>& store,
                                                  int rank, int size,
                                                  std::chrono::milliseconds timeout) {
  std::string reason;
  void* library =
      open_library("libtwinset_nccl.so", library_folders(), RTLD_NOW | RTLD_LOCAL, reason);
  const auto make =
      library == nullptr
          ? nullptr
          : reinterpret_cast<MakeNcclGroup>(dlsym(library, "twinset_make_nccl_group"));
  if (make == nullptr) {
    throw SystemError(
        {.where = "nccl",
         .what = "can't open libtwinset_nccl.so: " + reason,
         .expected = "it beside the program, in ../lib, or in a folder of LD_LIBRARY_PATH",
         .todo = "build with a CUDA toolkit and nccl.h, or use trainer.device=cpu"});
  }
  c10::intrusive_ptr<c10d::Backend> group;
  make(store, rank, size, timeout.count(), group);
  return group;
}

}  // namespace twinset
