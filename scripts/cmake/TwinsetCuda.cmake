# TWINSET_HAVE_CUDA: nvcc of the torch wheel's CUDA release is there and TWINSET_CUDA does not forbid it.
# Architectures: sm_80, sm_90, and PTX of the latter for what comes after.
#
# twinset_cuda_library(SOURCES ... [DEPENDS ...]): the shared library libtwinset_cuda.so, the only part that needs CUDA. The program
# calls dlopen("libtwinset_cuda.so") when a GPU is asked for, before its first other use of a CUDA tensor, and so runs without CUDA.
set(TWINSET_CUDA_MAJOR 13)
set(TWINSET_HAVE_CUDA OFF)
if(NOT TWINSET_CUDA STREQUAL "OFF")
  find_program(TWINSET_NVCC nvcc HINTS ENV CUDA_HOME PATH_SUFFIXES bin PATHS /usr/local/cuda/bin)
  set(problem "no nvcc was found on PATH, in CUDA_HOME or in /usr/local/cuda")
  if(TWINSET_NVCC)
    execute_process(COMMAND ${TWINSET_NVCC} --version OUTPUT_VARIABLE nvcc_version)
    if(nvcc_version MATCHES "release ${TWINSET_CUDA_MAJOR}\\.")
      set(problem "")
    else()
      set(problem "${TWINSET_NVCC} is not of CUDA ${TWINSET_CUDA_MAJOR}, which the torch wheel is built with")
    endif()
  endif()
  if(NOT problem)
    set(CMAKE_CUDA_COMPILER ${TWINSET_NVCC})
    set(CMAKE_CUDA_ARCHITECTURES 80-real 90)
    enable_language(CUDA)
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25.1 does not know this flag of nvcc
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    endif()
    find_package(CUDAToolkit ${TWINSET_CUDA_MAJOR} REQUIRED)
    set(TWINSET_HAVE_CUDA ON)
  elseif(TWINSET_CUDA STREQUAL "ON")
    message(FATAL_ERROR "TWINSET_CUDA is ON, but ${problem}; install the toolkit or set TWINSET_CUDA=AUTO")
  endif()
endif()
message(STATUS "CUDA targets: ${TWINSET_HAVE_CUDA}")

if(TWINSET_HAVE_CUDA AND NOT TARGET torch::cuda)
  find_library(TORCH_CUDA_LIBRARY torch_cuda PATHS ${TORCH_LIB_DIR} NO_DEFAULT_PATH REQUIRED)
  find_library(TORCH_C10_CUDA_LIBRARY c10_cuda PATHS ${TORCH_LIB_DIR} NO_DEFAULT_PATH REQUIRED)
  add_library(torch::cuda INTERFACE IMPORTED)
  # Its kernels register themselves when it is loaded: the linker must keep it although nothing names it.
  target_link_options(torch::cuda INTERFACE -Wl,-rpath,${TORCH_LIB_DIR})
  target_link_libraries(torch::cuda INTERFACE
    -Wl,--push-state,--no-as-needed ${TORCH_CUDA_LIBRARY} -Wl,--pop-state ${TORCH_C10_CUDA_LIBRARY} torch::cpu CUDA::cudart)
endif()

function(twinset_cuda_library)
  if(NOT TWINSET_HAVE_CUDA)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(twinset_cuda SHARED ${ARG_SOURCES})
  target_include_directories(twinset_cuda PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(twinset_cuda PRIVATE ${ARG_DEPENDS} twinset_warnings torch::cuda)
  set_target_properties(twinset_cuda PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY ${TWINSET_CUDA_LIBRARY_DIR} INSTALL_RPATH "$ORIGIN")
endfunction()
