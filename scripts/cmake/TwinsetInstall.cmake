# cmake --install build --prefix X: a folder that can be copied to another machine with the same torch wheel.
#   bin/twinset (sets the library path of torch), libexec/twinset (the program), lib (the shared libraries that are
#   neither torch's nor glibc's, libtwinset_cuda.so and libtwinset_nccl.so), share/twinset/configs
file(STRINGS ${TWINSET_PYTHON_DIR}/torch/version.py torch_version REGEX "^__version__")
string(REGEX REPLACE ".*'([0-9.]+).*" "\\1" TWINSET_TORCH_VERSION "${torch_version}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/launcher.sh.in ${CMAKE_BINARY_DIR}/launcher/twinset @ONLY)
set_target_properties(twinset PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")

install(CODE "set(CMAKE_INSTALL_DO_STRIP TRUE)")
install(TARGETS twinset RUNTIME DESTINATION libexec)
install(PROGRAMS ${CMAKE_BINARY_DIR}/launcher/twinset DESTINATION bin)
install(DIRECTORY configs DESTINATION share/twinset)
install(FILES LICENSE CHANGELOG.md DESTINATION share/twinset)
if(TARGET twinset_cuda)
  add_dependencies(twinset twinset_cuda)
  install(TARGETS twinset_cuda LIBRARY DESTINATION lib)
endif()

if(TARGET twinset_nccl)
  add_dependencies(twinset twinset_nccl)
  install(TARGETS twinset_nccl LIBRARY DESTINATION lib)
endif()

install(CODE [[
  file(GET_RUNTIME_DEPENDENCIES EXECUTABLES "$<TARGET_FILE:twinset>" RESOLVED_DEPENDENCIES_VAR libraries
    PRE_EXCLUDE_REGEXES
      "^lib(torch|c10|gomp|cudart|cupti|cu|nv|nccl)"
      "^(libc|libm|libdl|librt|libpthread|libresolv|libutil|libanl|libmvec)\\.so" "^ld-linux")
  file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/lib" TYPE SHARED_LIBRARY FOLLOW_SYMLINK_CHAIN FILES ${libraries})
]])
