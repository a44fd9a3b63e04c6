# `cmake --install`: a tree that may be moved anywhere, and a package for find_package(dbrollback).
include(CMakePackageConfigHelpers)

install(TARGETS dbrollback EXPORT dbrollback ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS dbrollback_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/dbrollback DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dbrollback)
install(EXPORT dbrollback NAMESPACE dbrollback:: FILE dbrollbackTargets.cmake DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/dbrollbackConfig.cmake.in
  ${CMAKE_BINARY_DIR}/dbrollbackConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/dbrollbackConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/dbrollbackConfig.cmake ${CMAKE_BINARY_DIR}/dbrollbackConfigVersion.cmake
              ${CMAKE_SOURCE_DIR}/cmake/Dependencies.cmake DESTINATION ${package_dir})
