# twinset_library(NAME SOURCES ... [DEPENDS ...] [PRIVATE_DEPENDS ...]): the static library twinset_NAME of one folder.
function(twinset_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(twinset_${name} STATIC ${ARG_SOURCES})
  target_include_directories(twinset_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(twinset_${name} PUBLIC ${ARG_DEPENDS} PRIVATE twinset_warnings ${ARG_PRIVATE_DEPENDS})
  twinset_precompile(twinset_${name})
endfunction()

# twinset_test(NAME SOURCES ... DEPENDS ... [LABELS fast|slow|dist|gpu]): one GoogleTest executable, one ctest entry.
# The tests run in the source folder's root, so that paths such as configs/loss/info_nce.yaml resolve.
function(twinset_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS fast)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} twinset_warnings GTest::gmock GTest::gtest_main)
  twinset_precompile(${name} TEST)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "TWINSET_SHARED=${CMAKE_SOURCE_DIR}/../shared")
endfunction()
