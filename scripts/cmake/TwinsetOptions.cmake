# Build-wide settings: language level, warnings, optimisation, compiler cache, linker.
option(TWINSET_TESTS "build the tests" ON)
option(TWINSET_BENCHMARKS "build the benchmarks" ON)
option(TWINSET_UNITY "compile the files of a folder together, eight at a time" ON)
option(TWINSET_FUZZ "build the fuzzers, with clang++ and every sanitizer they need" OFF)
set(TWINSET_CUDA "AUTO" CACHE STRING "CUDA targets: AUTO (when nvcc is found), ON or OFF")
set(TWINSET_PREFIX "${CMAKE_SOURCE_DIR}/.deps" CACHE PATH "folder that scripts/setup filled")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# Most of the time of a file of ours goes into what torch's headers instantiate, once a compilation. So the names that a file keeps for
# itself (anonymous namespaces) are unique within its library, or the file is left out by SKIP_UNITY_BUILD_INCLUSION.
set(CMAKE_UNITY_BUILD ${TWINSET_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
if(TWINSET_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)  # takes a file that is compiled with others for a header
endif()

find_program(TWINSET_CCACHE ccache)
if(TWINSET_CCACHE)
  # Without a run of the preprocessor before each compilation that the cache does not have, and with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${TWINSET_CCACHE})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${TWINSET_CCACHE})
endif()

if(TWINSET_FUZZ)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG")
  add_compile_options(-gline-tables-only -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=mold TWINSET_LINKS_WITH_MOLD)
if(TWINSET_LINKS_WITH_MOLD)
  # Before 2.4 mold may begin the read-only region in a page that no segment maps, and the program then won't load:
  # by chance of the size of a program with thread-local variables (mold's issue 1151).
  add_link_options(-fuse-ld=mold LINKER:-z,norelro)
endif()

# An old-style run path serves the libraries' own libraries too, which the relocatable install needs (TwinsetInstall).
add_link_options(-Wl,--disable-new-dtags)

set(twinset_warning_flags -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND twinset_warning_flags -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)  # wrong about its own std::string
endif()
add_library(twinset_warnings INTERFACE)
target_compile_options(twinset_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:${twinset_warning_flags}>
  $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Werror --Werror=all-warnings>)
