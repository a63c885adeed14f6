#include "framework/kernels/cuda_library.h"

#include <c10/core/Device.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/shared_library.h"

namespace twinset {
namespace {

namespace fs = std::filesystem;

struct CudaState {
  CudaKernels kernels;
  std::optional<ErrorParts> problem;
};

// The folder of the shared library (or program) that holds `symbol`.
fs::path folder_of(const void* symbol) {
  Dl_info info{};
  if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) return {};
  std::error_code ignored;
  return fs::canonical(info.dli_fname, ignored).parent_path();
}

template <class Function>
void find_function(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
}

CudaState open_cuda() {
  CudaState state;
  std::string reason;
  const fs::path torch_folder =
      folder_of(reinterpret_cast<const void*>(&c10::impl::device_guard_impl_registry));
  if (open_library("libtorch_cuda.so", {torch_folder}, RTLD_NOW | RTLD_GLOBAL, reason) == nullptr) {
    state.problem = ErrorParts{.where = "cuda",
                               .what = "can't open libtorch_cuda.so: " + reason,
                               .expected = "torch's CUDA half and the NVIDIA libraries it needs",
                               .todo =
                                   "add torch's lib folder to LD_LIBRARY_PATH, install the nvidia "
                                   "wheels (scripts/setup), or use device=cpu"};
    return state;
  }
  void* kernels =
      open_library("libtwinset_cuda.so", library_folders(), RTLD_NOW | RTLD_LOCAL, reason);
  if (kernels == nullptr) {
    state.problem = ErrorParts{
        .where = "cuda",
        .what = "can't open libtwinset_cuda.so: " + reason,
        .expected = "it beside the program, in ../lib, or in a folder of LD_LIBRARY_PATH",
        .todo = "build with a CUDA toolkit (TWINSET_CUDA=ON), or use device=cpu"};
    return state;
  }
  find_function(kernels, "twinset_normalize_images", state.kernels.normalize_images);
  find_function(kernels, "twinset_similarity_sums", state.kernels.similarity_sums);
  find_function(kernels, "twinset_similarity_gradients", state.kernels.similarity_gradients);
  find_function(kernels, "twinset_similarity_log_sums", state.kernels.similarity_log_sums);
  find_function(kernels, "twinset_info_nce_targets", state.kernels.info_nce_targets);
  find_function(kernels, "twinset_cuda_error_text", state.kernels.error_text);
  if (state.kernels.normalize_images == nullptr || state.kernels.similarity_sums == nullptr ||
      state.kernels.similarity_gradients == nullptr ||
      state.kernels.similarity_log_sums == nullptr || state.kernels.info_nce_targets == nullptr ||
      state.kernels.error_text == nullptr) {
    state.problem = ErrorParts{.where = "cuda",
                               .what = "libtwinset_cuda.so lacks a kernel",
                               .expected = "the one built with this program",
                               .todo = "build again"};
    return state;
  }
  if (!c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA) ||
      c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount() < 1) {
    state.problem =
        ErrorParts{.where = "cuda",
                   .what = "no GPU was found",
                   .expected = "an NVIDIA GPU and a driver for CUDA 13",
                   .todo = "look at nvidia-smi and CUDA_VISIBLE_DEVICES, or use device=cpu"};
  }
  return state;
}

const CudaState& cuda_state() {
  static const CudaState state = open_cuda();
  return state;
}

}  // namespace

bool load_cuda() { return !cuda_state().problem.has_value(); }

void require_cuda() {
  if (cuda_state().problem) throw SystemError(*cuda_state().problem);
}

std::string gpu_name(int index) {
  void* driver =
      dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);  // torch's CUDA half has opened it
  if (driver == nullptr) return "";
  int (*get_device)(int*, int) = nullptr;
  int (*get_name)(char*, int, int) = nullptr;
  find_function(driver, "cuDeviceGet", get_device);
  find_function(driver, "cuDeviceGetName", get_name);
  int device = 0;
  std::array<char, 256> name{};
  const bool has_name = get_device != nullptr && get_name != nullptr &&
                        get_device(&device, index) == 0 &&
                        get_name(name.data(), static_cast<int>(name.size()), device) == 0;
  dlclose(driver);
  return has_name ? name.data() : "";
}

const CudaKernels& cuda_kernels() {
  TWINSET_CHECK(load_cuda(), "require_cuda first");
  return cuda_state().kernels;
}

void check_cuda(int error, const char* kernel) {
  if (error == 0) return;
  throw SystemError({.where = kernel,
                     .what = fmt::format("the GPU refused: {}", cuda_kernels().error_text(error)),
                     .expected = "",
                     .todo = ""});
}

}  // namespace twinset
