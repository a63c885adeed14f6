# The imported target torch::cpu, libtorch_cpu and libc10 of the PyPI wheel, without the wheel's own CMake package (which pulls
# in the CUDA language). The CUDA half is opened at run time (framework/kernels), not linked.
set(TWINSET_PYTHON_DIR ${TWINSET_PREFIX}/python)
find_path(TORCH_INCLUDE_DIR ATen/ATen.h PATHS ${TWINSET_PYTHON_DIR}/torch/include NO_DEFAULT_PATH)
find_library(TORCH_CPU_LIBRARY torch_cpu PATHS ${TWINSET_PYTHON_DIR}/torch/lib NO_DEFAULT_PATH)
find_library(TORCH_C10_LIBRARY c10 PATHS ${TWINSET_PYTHON_DIR}/torch/lib NO_DEFAULT_PATH)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibtorchWheel
  REQUIRED_VARS TORCH_CPU_LIBRARY TORCH_C10_LIBRARY TORCH_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "There is no torch wheel under ${TWINSET_PYTHON_DIR}, run scripts/setup first.")
set(TORCH_LIB_DIR ${TWINSET_PYTHON_DIR}/torch/lib)

if(NOT TARGET torch::cpu)
  add_library(torch::c10 SHARED IMPORTED)
  set_target_properties(torch::c10 PROPERTIES IMPORTED_LOCATION ${TORCH_C10_LIBRARY})
  add_library(torch::cpu SHARED IMPORTED)
  set_target_properties(torch::cpu PROPERTIES IMPORTED_LOCATION ${TORCH_CPU_LIBRARY})
  # After the system's folders: the wheel carries its own fmt, which must not shadow the one that is linked.
  # CUDA sources include none of them (nvcc does not know the flag).
  target_compile_options(torch::cpu INTERFACE
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-idirafter ${TORCH_INCLUDE_DIR}>"
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-idirafter ${TORCH_INCLUDE_DIR}/torch/csrc/api/include>")
  target_compile_definitions(torch::cpu INTERFACE USE_DISTRIBUTED USE_C10D_GLOO)
  target_link_libraries(torch::cpu INTERFACE torch::c10)
  # libtorch_cpu needs cudart and cupti by name; the toolkit or the wheels in nvidia/cu13/lib carry them.
  foreach(dir ${TWINSET_PYTHON_DIR}/nvidia/cu13/lib $ENV{CUDA_HOME}/lib64 /usr/local/cuda/lib64 /usr/local/cuda/extras/CUPTI/lib64)
    if(EXISTS ${dir})
      target_link_options(torch::cpu INTERFACE -Wl,-rpath-link,${dir})
    endif()
  endforeach()
endif()
